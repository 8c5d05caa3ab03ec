import {
  RETIRED_HEADER,
  retiredReasonOf,
  type TierChangeEvent,
  TOPICS,
  tierChangeFromWire,
  tierChangeToJson,
} from '@strata/contracts';
import {
  freshnessOf,
  OUTPUT_NUMBER_HEADER,
  type OutputNumber,
  outputNumberOf,
  type RecordBatch,
  SerdeFault,
  type TopicRecord,
} from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import type { FilteredChange } from './change-filter.ts';

/** A record of the topic, as streams tell it. */
export interface TailRecord {
  readonly offset: number;
  readonly number: OutputNumber;
  /** Null where it cannot be read. */
  readonly told: ToldChange | null;
}

export interface ToldChange {
  readonly filtered: FilteredChange;
  /** Name of the event on the stream. */
  readonly event: string;
  readonly data: string;
}

interface PartitionTail {
  /** From the first offset on every record is here. */
  start: number;
  next: number;
  last: OutputNumber | null;
  bytes: number;
  readonly records: { readonly record: TopicRecord; read: TailRecord | null }[];
}

/** Of the newest records of all partitions together: who is further behind reads from the log. */
const BYTES_MAX = 16 * 1_048_576;

/**
 * The newest tier changes in memory, as the console's own reader met them, so that many streams cost the broker no more
 * than one. It knows of each partition how far it is, and the last number.
 */
export class ChangeTail {
  readonly #serde: TopicSerde;
  readonly #bytesMax: number;
  readonly #tails: readonly PartitionTail[];
  readonly #waiting = new Set<() => void>();

  constructor(serde: TopicSerde, partitions: number, bytesMax = BYTES_MAX) {
    this.#serde = serde;
    this.#bytesMax = Math.floor(bytesMax / partitions);
    this.#tails = Array.from({ length: partitions }, () => ({
      start: 0,
      next: 0,
      last: null,
      bytes: 0,
      records: [],
    }));
  }

  get partitions(): number {
    return this.#tails.length;
  }

  startOf(partition: number): number {
    return this.#tail(partition).start;
  }

  nextOf(partition: number): number {
    return this.#tail(partition).next;
  }

  lastOf(partition: number): OutputNumber | null {
    return this.#tail(partition).last;
  }

  /** Where a partition is read from; what lies before is in the log alone. */
  assigned(partition: number, from: number): void {
    const tail = this.#tail(partition);
    if (from === tail.next) return;
    // The reader goes on where it was, or lower down: what comes again is left out by its offset.
    if (from > tail.next) this.#forget(tail, from);
  }

  /** Batches of one partition in order, the values prepared for decoding. */
  note(batch: Pick<RecordBatch, 'partition' | 'records' | 'nextOffset'>): void {
    const tail = this.#tail(batch.partition);
    for (const record of batch.records) {
      if (record.offset < tail.next) continue;
      tail.records.push({ record: copied(record), read: null });
      tail.bytes += sizeOf(record);
      const number = numberOf(record);
      if (number !== null && freshnessOf(tail.last, number) !== 'repeat') tail.last = number;
    }
    tail.next = Math.max(tail.next, batch.nextOffset);
    while (tail.bytes > this.#bytesMax && tail.records.length > 1) {
      const [oldest] = tail.records.splice(0, 1);
      if (oldest === undefined) break;
      tail.bytes -= sizeOf(oldest.record);
      tail.start = oldest.record.offset + 1;
    }
    for (const wake of this.#waiting) wake();
  }

  /** Records from an offset on that are in memory, at most `limit`. */
  from(partition: number, offset: number, limit: number): readonly TailRecord[] {
    const { records } = this.#tail(partition);
    const first = lowerBound(records, offset);
    return records.slice(first, first + limit).map((held) => {
      held.read ??= this.read(held.record);
      return held.read;
    });
  }

  /** A record as streams tell it; its value has to be prepared. */
  read(record: TopicRecord): TailRecord {
    const { offset } = record;
    const number = numberOf(record);
    if (number === null) return { offset, number: { epoch: 0, seq: 0 }, told: null };
    try {
      return { offset, number, told: this.#told(record) };
    } catch (error) {
      if (!(error instanceof SerdeFault)) throw error;
      return { offset, number, told: null };
    }
  }

  prepare(records: readonly TopicRecord[]): Promise<void> {
    return this.#serde.prepare(records.map(({ value }) => value));
  }

  /** Calls `wake` whenever something new has come, until the answer is called. */
  watch(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => void this.#waiting.delete(wake);
  }

  #told(record: TopicRecord): ToldChange | null {
    if (record.value === null) {
      const customerId = Buffer.from(record.key ?? []).toString();
      const reason = retiredReasonOf(record);
      const data = JSON.stringify({ customerId, reason });
      return { filtered: { kind: 'retired', customerId }, event: 'retired', data };
    }
    const change: TierChangeEvent = tierChangeFromWire(this.#serde.decode(record.value));
    const { customerId, type, toTier, backfill } = change;
    return {
      filtered: { kind: 'change', customerId, type, toTier, backfill },
      event: type,
      data: JSON.stringify(tierChangeToJson(change)),
    };
  }

  #forget(tail: PartitionTail, from: number): void {
    tail.records.length = 0;
    tail.bytes = 0;
    tail.start = from;
    tail.next = from;
  }

  #tail(partition: number): PartitionTail {
    const tail = this.#tails[partition];
    if (tail === undefined) {
      throw new TypeError(`${TOPICS.tierChanges} has no partition ${partition}`);
    }
    return tail;
  }
}

/** Kept for long: a slice would keep the whole fetched buffer with it. Of the headers those that are read here. */
function copied(record: TopicRecord): TopicRecord {
  const headers: Record<string, Uint8Array> = {};
  for (const name of [OUTPUT_NUMBER_HEADER, RETIRED_HEADER]) {
    const bytes = record.headers[name];
    if (bytes !== undefined) headers[name] = Buffer.from(bytes);
  }
  const { key, value } = record;
  return { ...record, key: key && Buffer.from(key), value: value && Buffer.from(value), headers };
}

function numberOf(record: TopicRecord): OutputNumber | null {
  try {
    return outputNumberOf(record);
  } catch (error) {
    if (error instanceof SerdeFault) return null;
    throw error;
  }
}

/** A decoded change weighs about as much again. */
function sizeOf({ key, value }: TopicRecord): number {
  return 200 + (key?.length ?? 0) + 3 * (value?.length ?? 0);
}

function lowerBound(records: readonly { readonly record: TopicRecord }[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle]?.record.offset ?? Infinity) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
