import type { CauseKind, TierChangeType } from '@strata/domain';
import { catalogue } from './texts.ts';

export const TYPE_WORDS: Readonly<Record<'zh' | 'en', Readonly<Record<TierChangeType, string>>>> = {
  en: {
    assigned: 'assigned',
    promoted: 'promoted',
    demoted: 'demoted',
    renewed: 'renewed',
    'at-risk': 'at risk',
    withdrawn: 'withdrawn',
  },
  zh: {
    assigned: '首次定级',
    promoted: '等级升级',
    demoted: '等级下调',
    renewed: '保级',
    'at-risk': '下调预警',
    withdrawn: '撤回升级',
  },
};

export const CAUSE_WORDS: Readonly<Record<'zh' | 'en', Readonly<Record<CauseKind, string>>>> = {
  en: {
    event: 'by an event',
    time: 'by time alone',
    policy: 'by a policy',
    calibration: 'by a calibration',
    override: 'by hand',
    merge: 'by a merge',
    correction: 'by a correction',
  },
  zh: {
    event: '由事件引起',
    time: '仅因时间流逝',
    policy: '由策略变更引起',
    calibration: '由校准引起',
    override: '人工调整',
    merge: '由合并引起',
    correction: '由更正引起',
  },
};

interface FileCountTexts {
  readonly records: string;
  readonly asEvents: string;
  readonly asParts: string;
  readonly refused: string;
}

interface CurrencyMismatch {
  readonly file: string;
  readonly fileCurrency: string;
  readonly policy: string;
  readonly policyCurrency: string;
}

interface ShareBorderTexts {
  readonly score: string;
  readonly customers: string;
  readonly population: string;
  readonly customersShare: string;
  readonly revenueShare: string;
  readonly revenue: string;
}

interface TooFewTexts {
  readonly customers: string;
  readonly minimum: string;
}

interface TooFewRepeatsTexts extends TooFewTexts {
  readonly dimension: string;
}

/** What `backtest` says. */
export const backtestTexts = catalogue({
  en: {
    folding: 'Folding',
    events: 'events',
    policy: (name: string, version: number, currency: string) =>
      `Policy ${name}, version ${version}, counting in ${currency}`,
    file: ({ records, asEvents, asParts, refused }: FileCountTexts) =>
      `Records ${records}: ${asEvents} became events, ${asParts} parts of one, ${refused} dead letters`,
    skipped: (count: string) => `Left out by the map: ${count}`,
    repeats: (count: string) => `Repeats dropped: ${count}`,
    span: (events: string, from: string, to: string) => `Events ${events}, from ${from} to ${to}`,
    clock: (at: string) => `Clock at the end: ${at}`,
    tiersAt: (at: string, customers: string) => `Customers at ${at}: ${customers}`,
    tiers: (customers: string) => `Customers at the end: ${customers}`,
    calibrated: (at: string) => `Calibrated at ${at}:`,
    quantiles: (dimension: string, customers: string, borders: string) =>
      `${dimension}: ${customers} customers, buckets end at ${borders}`,
    notEnoughData: (dimension: string, customers: string, minimum: string) =>
      `${dimension}: not enough data, ${customers} customers of at least ${minimum}; it scores as missing`,
    shares: {
      population: (share: string) => `${share} % of customers`,
      revenue: (share: string) => `${share} % of revenue`,
    },
    shareBorder: (tier: string, wanted: string, found: ShareBorderTexts) =>
      `${tier} and above, ${wanted}: score from ${found.score}, ${found.customers} of ${found.population} customers (${found.customersShare}) with ${found.revenueShare} of ${found.revenue}`,
    tooFewForShare: (tier: string, wanted: string, has: TooFewTexts) =>
      `${tier} and above, ${wanted}: not enough data, ${has.customers} customers of at least ${has.minimum}; nobody enters it or falls under it`,
    noRevenueToShare: (tier: string, wanted: string) =>
      `${tier} and above, ${wanted}: not enough data, there is no revenue; nobody enters it or falls under it`,
    model: (dimension: string, customers: string, parameters: string) =>
      `${dimension}: ${customers} customers, ${parameters}`,
    tooFewRepeats: {
      p_alive: ({ dimension, customers, minimum }: TooFewRepeatsTexts) =>
        `${dimension}: not enough data, of ${customers} customers fewer than ${minimum} bought again on another day; it scores as missing`,
      clv: ({ dimension, customers, minimum }: TooFewRepeatsTexts) =>
        `${dimension}: not enough data, of ${customers} customers fewer than ${minimum} bought again on another day and spent something; it scores as missing`,
    },
    notConverged: (dimension: string, customers: string) =>
      `${dimension}: the model did not converge on ${customers} customers; it scores as missing`,
    noTier: '(none)',
    segments: 'In segments at the end:',
    changes: 'Tier changes:',
    noChanges: 'Tier changes: none',
    wrote: (path: string, lines: string) => `Wrote ${path}: ${lines} lines`,
    noFileWithTwo: (flag: string) =>
      `${flag} goes with one policy. Run the backtest once for each policy, or leave ${flag} out to compare them.`,
    pageNeedsTwo: (path: string) =>
      `--html ${path} compares two policies and one was given. Give --policy twice, as --policy shop --policy my-policy.yaml, or leave --html out.`,
    overInput: (flag: string, path: string) =>
      `${flag} '${path}' is the FILE that is read, and would be overwritten; give another name.`,
    readingLog: 'Reading the customer log',
    records: 'records',
    fileOrLog: 'Give a FILE with its --format or --map, or --from-log.',
    customerLog: 'the customer log',
    threePolicies: 'At most two policies can be compared; give --policy once or twice.',
    otherCurrency: ({ file, fileCurrency, policy, policyCurrency }: CurrencyMismatch) =>
      `The amounts of '${file}' are in ${fileCurrency}, the policy ${policy} counts in ${policyCurrency}, and there are no rates between them. Give them with --rates FILE (lines like 2026-01-05,${fileCurrency.slice(0, 3)},${policyCurrency},RATE), write base_currency: ${fileCurrency} in the policy, or leave --policy out to grade by the preset in ${fileCurrency}.`,
    nothingRead: (file: string, format: string) =>
      `No record of '${file}' could be read as ${format}. Check that the format fits the file.`,
    emptyFile: (file: string) => `'${file}' holds no record. Nothing was graded.`,
    sameFile: (path: string) =>
      `--profiles and --changes both name '${path}'; give them two names.`,
  },
  zh: {
    folding: '计算',
    events: '个事件',
    policy: (name: string, version: number, currency: string) =>
      `策略 ${name}，版本 ${version}，以 ${currency} 计`,
    file: ({ records, asEvents, asParts, refused }: FileCountTexts) =>
      `记录 ${records} 条：${asEvents} 条成为事件，${asParts} 条并入其他记录的事件，${refused} 条进入死信`,
    skipped: (count: string) => `按映射略过：${count}`,
    repeats: (count: string) => `丢弃的重复事件：${count}`,
    span: (events: string, from: string, to: string) => `事件 ${events} 个，自 ${from} 至 ${to}`,
    clock: (at: string) => `结束时的时钟：${at}`,
    tiersAt: (at: string, customers: string) => `${at} 的客户：${customers}`,
    tiers: (customers: string) => `结束时的客户：${customers}`,
    calibrated: (at: string) => `${at} 的校准：`,
    quantiles: (dimension: string, customers: string, borders: string) =>
      `${dimension}：客户 ${customers} 个，各分位上界为 ${borders}`,
    notEnoughData: (dimension: string, customers: string, minimum: string) =>
      `${dimension}：数据不足，客户 ${customers} 个，至少需 ${minimum} 个；按缺失值计分`,
    shares: {
      population: (share: string) => `占客户 ${share} %`,
      revenue: (share: string) => `占收入 ${share} %`,
    },
    shareBorder: (tier: string, wanted: string, found: ShareBorderTexts) =>
      `${tier}及以上，${wanted}：评分不低于 ${found.score}，客户 ${found.customers} / ${found.population} 个（${found.customersShare}），收入占 ${found.revenue} 的 ${found.revenueShare}`,
    tooFewForShare: (tier: string, wanted: string, has: TooFewTexts) =>
      `${tier}及以上，${wanted}：数据不足，客户 ${has.customers} 个，至少需 ${has.minimum} 个；无人因此升入或退出`,
    noRevenueToShare: (tier: string, wanted: string) =>
      `${tier}及以上，${wanted}：数据不足，没有收入；无人因此升入或退出`,
    model: (dimension: string, customers: string, parameters: string) =>
      `${dimension}：客户 ${customers} 个，${parameters}`,
    tooFewRepeats: {
      p_alive: ({ dimension, customers, minimum }: TooFewRepeatsTexts) =>
        `${dimension}：数据不足，客户 ${customers} 个，其中另一日再次购买的不足 ${minimum} 个；按缺失值计分`,
      clv: ({ dimension, customers, minimum }: TooFewRepeatsTexts) =>
        `${dimension}：数据不足，客户 ${customers} 个，其中另一日再次购买且有消费的不足 ${minimum} 个；按缺失值计分`,
    },
    notConverged: (dimension: string, customers: string) =>
      `${dimension}：客户 ${customers} 个，模型未收敛，按缺失值计分`,
    noTier: '（未定级）',
    segments: '结束时的客户分群：',
    changes: '等级变更：',
    noChanges: '等级变更：无',
    wrote: (path: string, lines: string) => `已写入 ${path}：${lines} 行`,
    noFileWithTwo: (flag: string) =>
      `${flag} 只能配一个策略。请为每个策略各运行一次，或去掉 ${flag} 只作比较。`,
    pageNeedsTwo: (path: string) =>
      `--html ${path} 用于对比两个策略，现只给出一个。请写两次 --policy，例如 --policy shop --policy my-policy.yaml，或去掉 --html。`,
    overInput: (flag: string, path: string) =>
      `${flag} “${path}”就是要读取的 FILE，会被覆盖；请换一个文件名。`,
    readingLog: '正在读取客户日志',
    records: '条记录',
    fileOrLog: '请给出 FILE 及其 --format 或 --map，或使用 --from-log。',
    customerLog: '客户日志',
    threePolicies: '最多比较两个策略，--policy 请写一次或两次。',
    otherCurrency: ({ file, fileCurrency, policy, policyCurrency }: CurrencyMismatch) =>
      `“${file}”的金额以 ${fileCurrency} 计，策略 ${policy} 以 ${policyCurrency} 计，且二者之间没有汇率。请用 --rates FILE 给出汇率（每行如 2026-01-05,${fileCurrency.slice(0, 3)},${policyCurrency},汇率），或在策略中写 base_currency: ${fileCurrency}，或去掉 --policy，按以 ${fileCurrency} 计的预设策略定级。`,
    nothingRead: (file: string, format: string) =>
      `“${file}”中没有一条记录能按 ${format} 格式读取。请确认格式与文件相符。`,
    emptyFile: (file: string) => `“${file}”中没有记录，未作任何定级。`,
    sameFile: (path: string) => `--profiles 与 --changes 都写了“${path}”，请用两个文件名。`,
  },
});
