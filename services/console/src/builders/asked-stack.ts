import { type AskedService, answerOf } from '@strata/stack-figures';

const NOW = Date.parse('2025-01-01T08:00:00Z');
const PARTITIONS = 12;

function aPartition(partition: number, lagRecords: number) {
  return {
    partition,
    next: 1_000,
    logEnd: 1_000 + lagRecords,
    lagRecords,
    lagSeconds: lagRecords === 0 ? 0 : 95,
    stalledSeconds: 0,
    clockMs: NOW + partition * 1_000,
    overdueSeconds: 0,
    outboxRecords: 0,
    outboxSeconds: 0,
    rebuildLeft: 0,
  };
}

const lags = [{ partition: 0, records: 0, seconds: 0 }];
const endpoint = {
  standing: 'active',
  queued: 0,
  backlogRecords: 0,
  perSecond: 0,
  oldestMs: 0,
  failingSinceMs: null,
};
const crm = { ...endpoint, queued: 12, perSecond: 3.4, oldestMs: 1_500 };
const warehouse = { ...endpoint, backlogRecords: 4_210, oldestMs: 740_000, failingSinceMs: NOW };
const jobs = { delivered: 220, waiting: 12, delayed: 0, active: 0, failed: 1 };

/** What the other services of a stack say that is well, or of one in trouble. */
export function askedStack(trouble: 'none' | 'redis-is-gone' = 'none'): readonly AskedService[] {
  const isWell = trouble === 'none';
  const all = Array.from({ length: PARTITIONS }, (_, n) =>
    aPartition(n, !isWell && n === 3 ? 42 : 0),
  );
  const partitions = isWell ? all : all.slice(0, 9);
  const silence = 'No call to state-redis was answered for 41 s.';
  const endpoints = { crm, warehouse: isWell ? { ...endpoint, standing: 'paused' } : warehouse };
  return [
    answerOf('ingestor', { isLive: true, reasons: [], details: { lags } }),
    answerOf('scorer', {
      isLive: true,
      reasons: isWell ? [] : [silence],
      details: { logPartitions: PARTITIONS, partitions, halted: [] },
    }),
    isWell
      ? answerOf('notifier', { isLive: true, reasons: [], details: { lags, endpoints, jobs } })
      : { service: 'notifier', answer: null },
  ];
}
