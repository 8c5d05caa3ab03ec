import type { Language } from '@strata/contracts';

const en = {
  help: [
    'npm run chaos -- [--minutes N] [--seed S] [--json]',
    '',
    'Starts the real stack in a folder of its own, puts load on it, does harm to it by a seed for N minutes, then waits until',
    'all is quiet and holds everything that was published against the log. Ends with 0 where nothing was lost and nothing',
    'was told twice, and every fault was done often enough.',
    '',
    '  --minutes N   how long harm is done (default: 5)',
    '  --seed S      of the faults and the load, a whole number (default: of the clock; it is printed)',
    '  --json        the report as JSON on standard output',
    '  --help        this text',
    '',
  ].join('\n'),
  badNumber: (name: string, text: string) =>
    `${name} has to be a whole number above 0, and is "${text}". See npm run chaos -- --help.`,
  starting: (seed: number, minutes: number) =>
    `Starting the stack. Seed ${seed}, ${minutes} min of harm.`,
  cdnow: (events: number) => `CDNOW: ${events} events, then invented shoppers.`,
  noCdnow: 'CDNOW is not beside the checkout: invented shoppers alone.',
  progress: (at: ProgressText) =>
    `${at.elapsed} of ${at.total}: ${at.records} records folded, ${at.rate}/s, ${at.left} left; faults ${at.faults} (${at.last})`,
  quieting: 'No more harm: waiting until everything is folded, published and delivered.',
  verifying: 'Holding everything against the log.',
  kcatMissing: 'kcat is not installed: skipped (apt-get install kcat).',
  faults: ['fault', 'done', 'at least'],
  checks: ['check', 'result'],
  fine: 'holds',
  skipped: 'skipped',
  tooFew: (name: string, done: number, least: number) =>
    `${name} was done ${done} times of ${least}`,
  passed: (seconds: number) => `Passed after ${seconds} s.`,
  failed: (seconds: number, seed: number) =>
    `FAILED after ${seconds} s. The same faults again: npm run chaos -- --seed ${seed}`,
};

const zh: typeof en = {
  help: [
    'npm run chaos -- [--minutes N] [--seed S] [--json]',
    '',
    '在独立的目录中启动真实的栈并施加负载，按种子破坏 N 分钟，然后等待一切平静，',
    '并将所有已发布的内容与日志逐项比对。没有丢失、没有重复，且每种故障次数足够时，以 0 结束。',
    '',
    '  --minutes N   破坏时长，分钟（默认 5）',
    '  --seed S      故障与负载的种子，整数（默认取自时钟，会打印）',
    '  --json        以 JSON 输出报告',
    '  --help        本说明',
    '',
  ].join('\n'),
  badNumber: (name, text) =>
    `${name} 必须是大于 0 的整数，而不是“${text}”。见 npm run chaos -- --help。`,
  starting: (seed, minutes) => `正在启动栈。种子 ${seed}，破坏 ${minutes} 分钟。`,
  cdnow: (events) => `CDNOW：${events} 个事件，随后是虚构的顾客。`,
  noCdnow: '检出目录旁没有 CDNOW：只用虚构的顾客。',
  progress: (at) =>
    `${at.elapsed} / ${at.total}：已折叠 ${at.records} 条记录，每秒 ${at.rate}，剩余 ${at.left}；故障 ${at.faults} 次（${at.last}）`,
  quieting: '停止破坏：等待全部折叠、发布与投递完成。',
  verifying: '正在与日志逐项比对。',
  kcatMissing: '未安装 kcat：跳过（apt-get install kcat）。',
  faults: ['故障', '次数', '至少'],
  checks: ['检查', '结果'],
  fine: '成立',
  skipped: '跳过',
  tooFew: (name, done, least) => `${name} 只执行了 ${done} 次，至少应为 ${least} 次`,
  passed: (seconds) => `通过，用时 ${seconds} 秒。`,
  failed: (seconds, seed) =>
    `未通过，用时 ${seconds} 秒。重现同样的故障：npm run chaos -- --seed ${seed}`,
};

export interface ProgressText {
  readonly elapsed: string;
  readonly total: string;
  readonly records: number;
  readonly rate: number;
  readonly left: string;
  readonly faults: number;
  readonly last: string;
}

export type ChaosTexts = typeof en;
export const chaosTexts = (language: Language): ChaosTexts => (language === 'zh' ? zh : en);

const proofEn = {
  help: [
    'npm run proof -- [--minutes N]',
    '',
    'Runs the long versions of the tests, one after the other: 50,000 seeds of the simulator, model tests of 10,000 cases,',
    'each crash point at its first 20 occurrences, 200 kills under load, and chaos for N minutes (default: 30). It takes',
    'hours, goes on after a failure, and ends with a table and 0 where all passed. What each run said lies in .cache/proof.',
    '',
  ].join('\n'),
  starting: (name: string) => `${name} ...`,
  running: (name: string, minutes: string, last: string) => `${name}: ${minutes} min: ${last}`,
  result: (name: string, isPassed: boolean, minutes: string) =>
    `${name.padEnd(20)} ${isPassed ? 'passed' : 'FAILED'}  ${minutes} min`,
};

const proofZh: typeof proofEn = {
  help: [
    'npm run proof -- [--minutes N]',
    '',
    '依次运行各测试的长版本：模拟器的 50,000 个种子、10,000 例的模型测试、每个崩溃点的前 20 次出现、负载下终止 200 次、',
    '以及 N 分钟的破坏（默认 30）。耗时数小时，失败后继续，最后给出表格；全部通过时以 0 结束。',
    '各次运行的输出保存在 .cache/proof。',
    '',
  ].join('\n'),
  starting: (name) => `${name} ...`,
  running: (name, minutes, last) => `${name}：${minutes} 分钟：${last}`,
  result: (name, isPassed, minutes) =>
    `${name.padEnd(20)} ${isPassed ? '通过' : '未通过'}  ${minutes} 分钟`,
};

export const proofTexts = (language: Language): typeof proofEn =>
  language === 'zh' ? proofZh : proofEn;
