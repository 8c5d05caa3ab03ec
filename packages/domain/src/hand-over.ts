import type { HandOver, PartitionState } from './fold-types.ts';
import type { HandOverOrigin, HandOverRecord, LogRecord } from './log-record.ts';

/** What one partition tells another, as the record that goes there. */
export function handOverRecord({ content }: HandOver, from: HandOverOrigin): HandOverRecord {
  return { ...content, from };
}

export function isHandOver(record: LogRecord): record is HandOverRecord {
  return 'from' in record;
}

/**
 * Whether a partition has had a hand-over already. What another partition sends is numbered without a gap, so one
 * number a source is all there is to remember, and it never expires.
 */
export function isRepeatedHandOver(partition: PartitionState, record: LogRecord): boolean {
  if (!isHandOver(record)) return false;
  const { from } = record;
  const last = partition.received.find((it) => it.partition === from.partition);
  if (last === undefined) return false;
  return from.epoch < last.epoch || (from.epoch === last.epoch && from.number <= last.number);
}

/** The last numbers after a record that is no repeat, by source partition. */
export function receivedAfter(
  received: readonly HandOverOrigin[],
  from: HandOverOrigin,
): readonly HandOverOrigin[] {
  const others = received.filter((it) => it.partition !== from.partition);
  return [...others, from].sort((a, b) => a.partition - b.partition);
}
