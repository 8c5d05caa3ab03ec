import { tableText } from '@strata/cli';
import type { Language } from '@strata/contracts';
import type { Played } from './play.ts';
import type { Quiet } from './quiet.ts';

const en = {
  help: (faults: readonly string[]) =>
    [
      'npm run game-day -- [--only FAULT]... [--quiet-minutes N] [--json]',
      '',
      'Starts the real stack in a folder of its own under a light load, and a real Prometheus with the rules of this checkout.',
      'Breaks one thing after the other: each has to be noticed by its alarm in time, nothing else may fire, and the steps of',
      'the runbook have to end it. A whole day takes about 40 minutes and writes its table to docs/operations/game-day.md.',
      'Ends with 0 where all of that holds. Needs the programs prometheus (apt-get install prometheus) and what the stack needs.',
      '',
      '  --only FAULT        this one alone, and its row of the table; may be given several times',
      '  --quiet-minutes N   breaks nothing for N minutes: nothing may fire',
      '  --json              the report as JSON on standard output',
      '  --help              this text',
      '',
      `Faults: ${faults.join(', ')}`,
      '',
    ].join('\n'),
  unknownFault: (name: string, names: string) =>
    `There is no fault called "${name}". There are: ${names}`,
  badMinutes: (text: string) =>
    `--quiet-minutes has to be a whole number above 0, and is "${text}". See npm run game-day -- --help.`,
  starting: 'Starting the stack, the load and Prometheus.',
  hindered: (name: string, why: string) => `${name}: left out, ${why}.`,
  striking: (name: string, harm: string) => `${name}: ${harm} ...`,
  played: ({ alarms, others, resolvedSeconds, isPassed }: Played) =>
    [
      `  ${isPassed ? 'noticed' : 'FAILED'}:`,
      alarms.map((it) => `${it.name} after ${it.seconds ?? 'never'} s`).join(', '),
      ...others.map(
        (it) =>
          `beside it ${it.name} after ${it.seconds} s (${it.reason ?? `NOT EXPECTED: ${it.summary}`})`,
      ),
      resolvedSeconds === null ? '' : `gone after ${resolvedSeconds} s`,
    ].join(' '),
  forgetting: (names: string) => `Waiting until what rules remember is gone: ${names}.`,
  quietFor: (minute: number, minutes: number) => `${minute} of ${minutes} minutes`,
  columns: ['fault', 'alarm', 'after', 'others', 'gone after'],
  never: 'never',
  quietResult: (quiet: Quiet) =>
    `${quiet.minutes} minutes, ${quiet.events} events, ${quiet.deliveries} deliveries: ` +
    (quiet.fired.length === 0 ? 'no alarm fired.' : `FAILED: ${quiet.fired.join('; ')}`),
};

const zh: typeof en = {
  help: (faults) =>
    [
      'npm run game-day -- [--only FAULT]... [--quiet-minutes N] [--json]',
      '',
      '在独立的目录中启动真实的栈并施加少量负载，同时启动使用本检出规则的真实 Prometheus。',
      '依次破坏各个部分：每种故障须由对应的告警及时发现，不得触发其他告警，且按处理手册的步骤可以恢复。',
      '完整演练约需 40 分钟，结果写入 docs/operations/game-day.md。全部满足时以 0 结束。',
      '需要 prometheus 程序（apt-get install prometheus）以及栈所需的程序。',
      '',
      '  --only FAULT        只演练此故障，只更新其所在行；可多次给出',
      '  --quiet-minutes N   N 分钟内不做破坏：不得触发任何告警',
      '  --json              以 JSON 输出报告',
      '  --help              本说明',
      '',
      `故障：${faults.join('、')}`,
      '',
    ].join('\n'),
  unknownFault: (name, names) => `没有名为“${name}”的故障。可选：${names}`,
  badMinutes: (text) =>
    `--quiet-minutes 必须是大于 0 的整数，而不是“${text}”。见 npm run game-day -- --help。`,
  starting: '正在启动栈、负载和 Prometheus。',
  hindered: (name, why) => `${name}：跳过（${why}）。`,
  striking: (name, harm) => `${name}：${harm} ...`,
  played: ({ alarms, others, resolvedSeconds, isPassed }) =>
    [
      `  ${isPassed ? '已发现' : '未通过'}：`,
      alarms.map((it) => `${it.name} ${it.seconds ?? '未触发'} 秒`).join('，'),
      ...others.map(
        (it) => `另有 ${it.name} ${it.seconds} 秒（${it.reason ?? `意外：${it.summary}`}）`,
      ),
      resolvedSeconds === null ? '' : `${resolvedSeconds} 秒后消失`,
    ].join(' '),
  forgetting: (names) => `等待规则所记忆的告警消失：${names}。`,
  quietFor: (minute, minutes) => `${minute} / ${minutes} 分钟`,
  columns: ['故障', '告警', '触发', '其他', '消失'],
  never: '未发生',
  quietResult: (quiet) =>
    `${quiet.minutes} 分钟，${quiet.events} 个事件，${quiet.deliveries} 次投递：` +
    (quiet.fired.length === 0 ? '没有告警。' : `未通过：${quiet.fired.join('；')}`),
};

export type GameDayTexts = Omit<typeof en, 'columns' | 'never' | 'quietResult'> & {
  table(played: readonly Played[]): string;
  quiet(quiet: Quiet): string;
};

export function gameDayTexts(language: Language): GameDayTexts {
  const { columns, never, quietResult, ...texts } = language === 'zh' ? zh : en;
  const secondsText = (seconds: number | null): string =>
    seconds === null ? never : `${seconds} s`;
  return {
    ...texts,
    quiet: quietResult,
    table: (played) =>
      tableText([
        columns,
        ...played.map((it) => [
          it.name,
          it.alarms.map(({ name }) => name).join(' '),
          it.alarms.map(({ seconds }) => secondsText(seconds)).join(' '),
          it.others.map(({ name }) => name).join(' ') || '-',
          secondsText(it.resolvedSeconds),
        ]),
      ]),
  };
}
