import { formatRfc3339, logRecordFromWire, TOPICS } from '@strata/contracts';
import {
  type Alias,
  type ClockMark,
  type CustomerState,
  type EventRecord,
  fold,
  type HandOverRecord,
  hasAcceptedEvent,
  type Instant,
  initialPartition,
  isHandOver,
  type LogRecord,
  type PartitionState,
  type RecordCoordinates,
  type ReferralConverted,
  type TierChange,
} from '@strata/domain';
import { partitionFor } from '@strata/pipeline';
import { BilingualFault } from '../cli-fault.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { MergeNotes, type MergeStory, type RefusedMerge } from './merge-notes.ts';

export interface CustomerHistory {
  readonly partition: PartitionState;
  /** Null for a customer of whom nothing was accepted. */
  readonly state: CustomerState | null;
  /** Of one who is part of another customer now. */
  readonly alias: Alias | null;
  readonly changes: readonly TierChange[];
  /** The customer's records by log offset, to show evidence by its source's own ids. */
  readonly events: ReadonlyMap<number, EventRecord['event']>;
  /** Customers whom this one named and who bought, by the log offset of the record that said so. */
  readonly conversions: ReadonlyMap<number, ReferralConverted>;
  /** By the log offset of the record that completed each. */
  readonly merges: ReadonlyMap<number, MergeStory>;
  /** By the id of the merge. */
  readonly refusedMerges: ReadonlyMap<string, RefusedMerge>;
}

interface LoggedRecord {
  readonly record: LogRecord;
  readonly at: RecordCoordinates;
  /** As far as the customer's records had moved the clock: what dates a record that brings no instant along. */
  readonly clock: Instant;
}

/**
 * Folds one customer again from the log, as far as it was known at an instant. `isKnownNow`: everything the log
 * holds about the time up to then counts, also what came late, in the order in which it happened.
 */
export async function replayCustomer(
  stack: Pick<StackHandle, 'reader' | 'serdes' | 'partitions'>,
  customerId: string,
  until: { readonly at: Instant | null; readonly isKnownNow: boolean },
): Promise<CustomerHistory> {
  const records = await recordsAbout(stack, customerId);
  refuseErased(records, until.at);
  const ordered = until.isKnownNow ? byOccurrence(records) : records;
  let partition = initialPartition(partitionOf(stack, customerId));
  let state: CustomerState | null = null;
  const changes: TierChange[] = [];
  const events = new Map<number, EventRecord['event']>();
  const conversions = new Map<number, ReferralConverted>();
  let merges = new MergeNotes();
  for (const { record, at, clock } of ordered) {
    if (until.at !== null && isAfter({ record, at, clock }, partition, until.at)) {
      // What lies behind it came when the stack was live, whatever it is dated.
      if (record.kind === 'went-live') break;
      continue;
    }
    const customers = new Map(state === null ? [] : [[customerId, state]]);
    const result = fold({ partition, customers, record: about(record, customerId), at });
    partition = result.partition;
    const after = result.customers.get(customerId);
    if (after !== undefined) state = after;
    if (after === null) {
      changes.length = 0;
      for (const kept of [events, conversions]) kept.clear();
      merges = new MergeNotes();
    }
    for (const output of result.outputs) if (output.kind === 'tier-change') changes.push(output);
    if (record.kind === 'event' || record.kind === 'forwarded') events.set(at.offset, record.event);
    merges.note({ record, offset: at.offset, state, outputs: result.outputs });
    if (record.kind === 'referral-converted') conversions.set(at.offset, record);
  }
  const isKnown = state !== null && hasAcceptedEvent(state);
  return {
    partition,
    state: isKnown ? state : null,
    alias: state?.alias ?? null,
    changes,
    events,
    conversions,
    merges: merges.stories,
    refusedMerges: merges.refused,
  };
}

/** What was known of an erased customer is told no more, though it may lie in the log still. */
function refuseErased(records: readonly LoggedRecord[], until: Instant | null): void {
  const last = records.findLast(({ record: { kind } }) => {
    return kind === 'erased' || kind === 'alias-erased';
  });
  if (last === undefined || until === null || until > last.at.appendedAt) return;
  const date = formatRfc3339(last.at.appendedAt);
  throw new BilingualFault('STRATA_CLI_ERASED', {
    en: `The customer was erased at ${date}; what was known before is not told any more. Ask for a later instant.`,
    zh: `该客户已于 ${date} 删除；此前的信息不再提供。请查询更晚的时间。`,
  });
}

/** Records between customers of the partition are left out; a tick keeps only this customer's name. */
async function recordsAbout(
  stack: Pick<StackHandle, 'reader' | 'serdes' | 'partitions'>,
  customerId: string,
): Promise<readonly LoggedRecord[]> {
  const { reader, serdes } = stack;
  const partition = partitionOf(stack, customerId);
  const key = new TextEncoder().encode(customerId);
  const found: LoggedRecord[] = [];
  let expected = 0;
  let clock = Number.NEGATIVE_INFINITY;
  for await (const batch of reader.read({ topic: TOPICS.customerLog, partition, offset: 0 })) {
    const own = batch.filter((it) => it.key === null || isSame(it.key, key));
    await serdes.prepare(own);
    for (const { offset, appendedAt, value } of own) {
      if (offset < expected || value === null) continue;
      expected = offset + 1;
      const record = logRecordFromWire(serdes.customerLog.decode(value));
      if (record.kind === 'tick' && !record.customerIds.includes(customerId)) continue;
      clock = Math.max(clock, clockOf(record, appendedAt));
      found.push({ record, at: { partition, offset, appendedAt }, clock });
    }
  }
  if (found.length === 0) {
    throw new BilingualFault('STRATA_CLI_EMPTY_LOG', {
      en: 'The customer log holds nothing yet: publish events first, for example with ./strata import.',
      zh: '客户日志中还没有任何记录：请先发布事件，例如使用 ./strata import。',
    });
  }
  return found;
}

function partitionOf({ partitions }: Pick<StackHandle, 'partitions'>, customerId: string): number {
  return partitionFor(new TextEncoder().encode(customerId), partitions);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function about(record: LogRecord, customerId: string): LogRecord {
  return record.kind === 'tick' ? { kind: 'tick', customerIds: [customerId] } : record;
}

/** The clock that a record brings along: its own in data time, else that of the broker. */
function clockOf(record: LogRecord, appendedAt: Instant): Instant {
  if (record.kind === 'event' || record.kind === 'forwarded') return record.clockAt ?? appendedAt;
  if (record.kind === 'clock') return record.at;
  if (record.kind === 'merge-handed') return record.state.clock;
  return Number.NEGATIVE_INFINITY;
}

/** What a person decided, and what came of it: it has no instant but the clock that it found. */
function isDecision(record: LogRecord): boolean {
  const { kind } = record;
  const isOwn = kind === 'override-set' || kind === 'override-cleared' || kind === 'erased';
  return isOwn || isOfMerge(record);
}

function isOfMerge({ kind }: LogRecord): boolean {
  return (
    kind === 'merge-asked' ||
    kind === 'merge-requested' ||
    kind === 'merge-handed' ||
    kind === 'merge-refused' ||
    kind === 'link-requested' ||
    kind === 'link-ended'
  );
}

/** Whether the clock had not reached the record yet at `at`. */
function isAfter(
  { record, at: { appendedAt }, clock }: LoggedRecord,
  partition: PartitionState,
  at: Instant,
): boolean {
  if (record.kind === 'went-live') return record.at > at;
  if (partition.time !== 'data') return record.kind !== 'stack-opened' && appendedAt > at;
  if (record.kind === 'event' || record.kind === 'forwarded') {
    return (record.clockAt ?? record.event.occurredAt) > at;
  }
  if (isDecision(record)) return clock > at;
  return isDated(record) && record.at > at;
}

/** What moves clocks alone takes its place behind all that happened. */
function isOfTime({ kind }: LogRecord): boolean {
  return kind === 'clock' || kind === 'tick' || kind === 'went-live';
}

type Dated = Extract<HandOverRecord, { readonly at: Instant }>;

/** What another partition tells of an instant: of a referral, or of an erasure. */
function isTold(record: LogRecord): record is Dated {
  return 'from' in record && 'at' in record;
}

function isDated(record: LogRecord): record is ClockMark | Dated {
  return record.kind === 'clock' || isTold(record);
}

/** Control records first, then the events as they happened: what came late takes its true place. */
function byOccurrence(records: readonly LoggedRecord[]): readonly LoggedRecord[] {
  const instant = ({ record, clock }: LoggedRecord): number => {
    if (record.kind === 'event' || record.kind === 'forwarded') return record.event.occurredAt;
    if (isDecision(record)) return clock;
    if (isTold(record)) return record.at;
    return isOfTime(record) ? Infinity : -Infinity;
  };
  const sorted = records.toSorted((a, b) => instant(a) - instant(b) || a.at.offset - b.at.offset);
  return sorted.map((it, index) => ({ ...it, record: renumbered(it.record, index + 1) }));
}

/** In another order the numbers of hand-overs would look like repeats; true repeats are known by whom they name. */
function renumbered(record: LogRecord, number: number): LogRecord {
  return isHandOver(record) ? { ...record, from: { partition: 0, epoch: 1, number } } : record;
}
