import type { CauseKind, TierChangeType } from '@strata/domain';

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * Every sentence of the page. The Chinese words are those of the glossary: say 等级下调, never 降级,
 * which means degraded service to whoever is on call.
 */
export interface Texts {
  readonly htmlLang: string;
  readonly title: string;
  readonly subtitle: string;
  readonly otherLanguage: string;
  readonly skip: string;
  readonly pageTools: string;
  readonly live: string;
  readonly reconnecting: string;
  readonly paused: string;
  readonly pause: string;
  readonly resume: string;
  readonly catchingUp: string;
  readonly customers: string;
  readonly changes: string;
  readonly changesPerMinute: string;
  readonly timeOnly: string;
  readonly timeOnlyHint: string;
  readonly deadLetters: string;
  readonly flow: string;
  readonly stages: Readonly<Record<'intake' | 'ingestor' | 'scorer' | 'notifier', string>>;
  readonly stageHints: Readonly<Record<'intake' | 'ingestor' | 'scorer' | 'notifier', string>>;
  readonly perSecond: (rate: string) => string;
  readonly tiers: string;
  readonly policy: (name: string, version: number) => string;
  readonly noCustomers: string;
  readonly ungraded: string;
  readonly customerCount: (count: string) => string;
  readonly latest: string;
  readonly noChanges: string;
  readonly because: (reason: string) => string;
  readonly announce: (count: string, last: string) => string;
  readonly byType: string;
  readonly byCause: string;
  readonly types: Readonly<Record<TierChangeType, string>>;
  readonly causes: Readonly<Record<CauseKind, string>>;
  readonly reasons: Reasons;
  readonly footer: string;
}

/** Why a change came about, in words. */
export interface Reasons {
  readonly silence: (days: string) => string;
  readonly time: string;
  readonly event: (score: string) => string;
  readonly renewed: string;
  readonly handedOver: (policy: string) => string;
  readonly policy: (version: number) => string;
  readonly calibration: string;
  readonly override: (reason: string | null) => string;
  readonly merge: string;
  readonly correction: string;
  readonly expected: (when: string, tier: string | null) => string;
}

const zh: Texts = {
  htmlLang: 'zh-CN',
  title: 'Strata · 客户等级',
  subtitle: '每位客户的等级，此刻与缘由',
  otherLanguage: 'English',
  skip: '跳到最新变更',
  pageTools: '页面选项',
  live: '实时',
  reconnecting: '正在重新连接',
  paused: '已暂停',
  pause: '暂停更新',
  resume: '继续更新',
  catchingUp: '正在从头读取事件流',
  customers: '客户',
  changes: '等级变更',
  changesPerMinute: '每分钟变更',
  timeOnly: '无事件的等级下调',
  timeOnlyHint: '没有任何人做任何事，只是时间到了',
  deadLetters: '死信',
  flow: '事件流',
  stages: { intake: '来源', ingestor: '接入', scorer: '评分', notifier: '通知' },
  stageHints: {
    intake: '订单、客服、应用',
    ingestor: '校验、去敏、归一',
    scorer: '折叠成等级',
    notifier: '签名的 Webhook',
  },
  perSecond: (rate) => `${rate} 条/秒`,
  tiers: '等级分布',
  policy: (name, version) => `策略 ${name} · 第 ${version} 版`,
  noCustomers: '还没有客户定级。事件到达后，这里会动起来。',
  ungraded: '未定级',
  customerCount: (count) => `${count} 位客户`,
  latest: '最新变更',
  noChanges: '还没有等级变更。',
  because: (reason) => `因为${reason}`,
  announce: (count, last) => `新增 ${count} 条变更。最新：${last}`,
  byType: '按类型',
  byCause: '按原因',
  types: {
    assigned: '定级',
    promoted: '升级',
    demoted: '等级下调',
    renewed: '保级',
    'at-risk': '下调预警',
    withdrawn: '撤回升级',
  },
  causes: {
    event: '事件',
    time: '时间（无事件）',
    policy: '策略',
    calibration: '校准',
    override: '人工调整',
    merge: '客户合并',
    correction: '更正',
  },
  reasons: {
    silence: (days) => ` ${days} 天没有下单（时间，无事件）`,
    time: '时间到了，没有任何事件',
    event: (score) => `有新事件，评分 ${score}`,
    renewed: '评估周期结束，等级保持不变',
    handedOver: (policy) => `由策略 ${policy} 移交而来`,
    policy: (version) => `策略换到第 ${version} 版`,
    calibration: '重新校准移动了分数线',
    override: (reason) => (reason === null ? '人工调整' : `人工调整：${reason}`),
    merge: '客户合并',
    correction: '更早的记录被更正',
    expected: (when, tier) =>
      tier === null ? `预计 ${when} 等级下调` : `预计 ${when} 等级下调为${tier}`,
  },
  footer: '日志即事实：同一份日志，总是同样的等级。',
};

const en: Texts = {
  htmlLang: 'en',
  title: 'Strata · customer tiers',
  subtitle: 'Every customer’s tier, now and why',
  otherLanguage: '中文',
  skip: 'Skip to the latest changes',
  pageTools: 'Page options',
  live: 'live',
  reconnecting: 'reconnecting',
  paused: 'paused',
  pause: 'Pause updates',
  resume: 'Resume updates',
  catchingUp: 'reading the log from its start',
  customers: 'customers',
  changes: 'tier changes',
  changesPerMinute: 'changes a minute',
  timeOnly: 'demotions without an event',
  timeOnlyHint: 'nobody did anything; the time had come',
  deadLetters: 'dead letters',
  flow: 'Event stream',
  stages: { intake: 'Intake', ingestor: 'Ingestor', scorer: 'Scorer', notifier: 'Notifier' },
  stageHints: {
    intake: 'orders, support, app',
    ingestor: 'validate, minimise, normalise',
    scorer: 'fold into tiers',
    notifier: 'signed webhooks',
  },
  perSecond: (rate) => `${rate} a second`,
  tiers: 'Tier distribution',
  policy: (name, version) => `policy ${name} · version ${version}`,
  noCustomers: 'No customer is graded yet. This moves as soon as events arrive.',
  ungraded: 'not graded',
  customerCount: (count) => (count === '1' ? '1 customer' : `${count} customers`),
  latest: 'Latest changes',
  noChanges: 'No tier change yet.',
  because: (reason) => `because ${reason}`,
  announce: (count, last) =>
    `${count === '1' ? '1 new change' : `${count} new changes`}. Latest: ${last}`,
  byType: 'By type',
  byCause: 'By cause',
  types: {
    assigned: 'graded',
    promoted: 'promoted',
    demoted: 'demoted',
    renewed: 'tier kept',
    'at-risk': 'at risk',
    withdrawn: 'promotion withdrawn',
  },
  causes: {
    event: 'an event',
    time: 'time, no event',
    policy: 'policy',
    calibration: 'calibration',
    override: 'manual override',
    merge: 'merge',
    correction: 'correction',
  },
  reasons: {
    silence: (days) => `there was no order for ${days} days (time passed, nothing happened)`,
    time: 'time passed, nothing happened',
    event: (score) => `something new happened; the score is ${score}`,
    renewed: 'the qualification period ended and the tier is kept',
    handedOver: (policy) => `policy ${policy} handed the customer over`,
    policy: (version) => `version ${version} of the policy holds`,
    calibration: 'a calibration moved the borders',
    override: (reason) =>
      reason === null ? 'of a manual override' : `of a manual override: ${reason}`,
    merge: 'customers were merged',
    correction: 'an earlier record was corrected',
    expected: (when, tier) =>
      tier === null ? `demotion expected ${when}` : `demotion to ${tier} expected ${when}`,
  },
  footer: 'The log is the truth: the same log always gives the same tiers.',
};

export const TEXTS: Readonly<Record<Language, Texts>> = { zh, en };
