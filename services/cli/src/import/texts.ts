import { catalogue } from '../messages/texts.ts';

interface RefusedGroupTexts {
  readonly file: string;
  readonly reason: string;
  readonly count: string;
  readonly records: string;
}

export const importTexts = catalogue({
  en: {
    publishing: 'Publishing',
    grading: 'Grading',
    records: 'records',
    untilNeedsDataTime:
      'With --until the clock would have to move by itself: only a stack in data time can do that (./strata up --time data).',
    otherCurrency: (file: string, base: string) =>
      `The amounts of this file are in ${file}, and the stack counts in ${base}, without rates between them. ` +
      `Publish rates first (./strata rates publish FILE, lines like 2026-01-05,${file},${base},RATE), or import it into a stack whose policy has base_currency ${file}; nothing was published.`,
    accounts: {
      records: 'Records in the file',
      asEvents: 'became events',
      asParts: 'are parts of other events',
      skipped: 'left out by the map',
      refused: 'became dead letters',
      repeats: 'Repeats dropped',
      published: 'Events published',
      already: 'Published by an earlier, unfinished run',
      wouldPublish: 'Events that would be published',
      customers: 'Customers',
    },
    span: (first: string, last: string) => `From ${first} to ${last}`,
    refusedGroup: ({ file, reason, count, records }: RefusedGroupTexts) =>
      `${count} of ${file} would be dead letters, ${reason}: records ${records}`,
    dryRun: 'Nothing was published. What the policy makes of it: ./strata backtest.',
    noUntilInDryRun: 'A dry run moves no clock; leave out --until or --dry-run.',
  },
  zh: {
    publishing: '正在发布',
    grading: '正在定级',
    records: '条记录',
    untilNeedsDataTime:
      '使用 --until 需要时钟可随数据移动：仅限 data 时间的栈（./strata up --time data）。',
    otherCurrency: (file: string, base: string) =>
      `该文件的金额以 ${file} 计，而栈以 ${base} 计，且没有两者之间的汇率。` +
      `请先发布汇率（./strata rates publish FILE，每行如 2026-01-05,${file},${base},汇率），或导入到 base_currency 为 ${file} 的栈；未发布任何内容。`,
    accounts: {
      records: '文件记录数',
      asEvents: '成为事件',
      asParts: '属于其他事件',
      skipped: '按映射略过',
      refused: '成为死信',
      repeats: '去除的重复',
      published: '已发布事件',
      already: '此前未完成的导入已发布',
      wouldPublish: '将发布的事件',
      customers: '客户数',
    },
    span: (first: string, last: string) => `自 ${first} 至 ${last}`,
    refusedGroup: ({ file, reason, count, records }: RefusedGroupTexts) =>
      `${file} 中 ${count} 条将成为死信，${reason}：第 ${records} 条`,
    dryRun: '未发布任何内容。策略会如何定级，请用 ./strata backtest 查看。',
    noUntilInDryRun: '试运行不会推进时钟；请去掉 --until 或 --dry-run。',
  },
});
