import type { ServiceName, ServiceStanding } from '@strata/stack-figures';
import type { Language } from './texts.ts';

/** How a partition of the customer log stands: a closed list, for its word and its colour. */
export const PARTITION_STATES = ['fresh', 'behind', 'unknown'] as const;
export type PartitionState = (typeof PARTITION_STATES)[number];

/** What the page says of the stack itself: on-call words, those of the glossary. */
export interface StatusTexts {
  readonly unknown: string;
  readonly health: string;
  readonly services: Readonly<Record<ServiceName, string>>;
  readonly standings: Readonly<Record<ServiceStanding, string>>;
  readonly allWell: string;
  /** Of those of which it is not so, by their words. */
  readonly notWell: (parts: readonly string[]) => string;
  readonly isSo: (service: string, standing: string) => string;
  readonly lag: (records: string, waits: string | null) => string;
  readonly noLag: string;
  readonly lagUnknown: string;
  readonly freshness: string;
  readonly freshnessWorst: (seconds: string) => string;
  readonly freshnessUnknown: (count: string, of: string) => string;
  readonly noPartitions: string;
  readonly partitionColumns: Readonly<
    Record<'partition' | 'state' | 'lag' | 'waits' | 'clock' | 'overdue' | 'outbox', string>
  >;
  readonly partitionStates: Readonly<Record<PartitionState, string>>;
  readonly letters: string;
  readonly noLetters: string;
  readonly lettersUnknown: string;
  readonly letterColumns: Readonly<Record<'reason' | 'meaning' | 'count', string>>;
  readonly unreadable: string;
  readonly endpoints: string;
  readonly noEndpoints: string;
  readonly endpointsUnknown: string;
  readonly endpointColumns: Readonly<
    Record<'endpoint' | 'state' | 'queued' | 'backlog' | 'oldest' | 'pace', string>
  >;
  readonly endpointStates: Readonly<Record<string, string>>;
  readonly failingSince: (when: string) => string;
}

const zh: StatusTexts = {
  unknown: '未知',
  health: '服务状态',
  services: { ingestor: '接入服务', scorer: '评分服务', notifier: '通知服务', console: '控制台' },
  standings: { ready: '就绪', 'not-ready': '未就绪', failed: '需要重启', silent: '无应答' },
  allWell: '所有服务就绪，数据新鲜。',
  notWell: (parts) => `${parts.join('；')}。`,
  isSo: (service, standing) => `${service}${standing}`,
  lag: (records, waits) =>
    waits === null ? `堆积 ${records} 条` : `堆积 ${records} 条，已等待 ${waits}`,
  noLag: '无堆积',
  lagUnknown: '堆积未知',
  freshness: '各分区数据新鲜度',
  freshnessWorst: (seconds) => `最久的记录已等待 ${seconds}`,
  freshnessUnknown: (count, of) => `${of} 个分区中有 ${count} 个未知`,
  noPartitions: '未知：没有评分服务报告分区。',
  partitionColumns: {
    partition: '分区',
    state: '状态',
    lag: '消息堆积',
    waits: '消费延迟',
    clock: '已结算至（UTC）',
    overdue: '逾期未结算',
    outbox: '发件箱',
  },
  partitionStates: { fresh: '新鲜', behind: '落后', unknown: '未知' },
  letters: '死信（按原因）',
  noLetters: '没有死信。',
  lettersUnknown: '未知：暂时读不到死信主题。',
  letterColumns: { reason: '原因', meaning: '含义与处理', count: '条数' },
  unreadable: '死信本身无法读取；请部署其写入方的模式。',
  endpoints: '端点',
  noEndpoints: '没有订阅。',
  endpointsUnknown: '未知：通知服务没有报告端点。',
  endpointColumns: {
    endpoint: '端点',
    state: '状态',
    queued: '队列中',
    backlog: '积压',
    oldest: '最早等待',
    pace: '每秒投递',
  },
  endpointStates: { active: '启用', paused: '已暂停', disabled: '已停用', unknown: '未知' },
  failingSince: (when) => `自 ${when}（UTC）起未接受`,
};

const en: StatusTexts = {
  unknown: 'not known',
  health: 'Services',
  services: { ingestor: 'Ingestor', scorer: 'Scorer', notifier: 'Notifier', console: 'Console' },
  standings: {
    ready: 'ready',
    'not-ready': 'not ready',
    failed: 'needs a restart',
    silent: 'does not answer',
  },
  allWell: 'All services are ready and the figures are fresh.',
  notWell: (parts) => `${parts.join('; ')}.`,
  isSo: (service, standing) => `${service}: ${standing}`,
  lag: (records, waits) =>
    waits === null ? `${records} behind` : `${records} behind, waiting ${waits}`,
  noLag: 'up to date',
  lagUnknown: 'lag not known',
  freshness: 'Freshness by partition',
  freshnessWorst: (seconds) => `the oldest record waits ${seconds}`,
  freshnessUnknown: (count, of) => `${count} of ${of} partitions not known`,
  noPartitions: 'Not known: no scorer tells of its partitions.',
  partitionColumns: {
    partition: 'Partition',
    state: 'State',
    lag: 'Lag, records',
    waits: 'Lag, time',
    clock: 'Settled up to (UTC)',
    overdue: 'Overdue',
    outbox: 'Outbox',
  },
  partitionStates: { fresh: 'fresh', behind: 'behind', unknown: 'not known' },
  letters: 'Dead letters by reason',
  noLetters: 'No dead letters.',
  lettersUnknown: 'Not known: their topic cannot be read for now.',
  letterColumns: { reason: 'Reason', meaning: 'What it means, what to do', count: 'Letters' },
  unreadable: 'The letter itself cannot be read; deploy the schemas of its writer.',
  endpoints: 'Endpoints',
  noEndpoints: 'Nobody has subscribed.',
  endpointsUnknown: 'Not known: the notifier does not tell of its endpoints.',
  endpointColumns: {
    endpoint: 'Endpoint',
    state: 'State',
    queued: 'Queued',
    backlog: 'Backlog',
    oldest: 'Oldest waits',
    pace: 'A second',
  },
  endpointStates: {
    active: 'active',
    paused: 'paused',
    disabled: 'disabled',
    unknown: 'not known',
  },
  failingSince: (when) => `takes nothing since ${when} UTC`,
};

export const STATUS_TEXTS: Readonly<Record<Language, StatusTexts>> = { zh, en };
