import type {
  LogBounds,
  LogReader,
  LogWriter,
  OutgoingRecord,
  PositionKeeper,
  TopicPartition,
  TopicRecord,
  WallClock,
} from '@strata/pipeline';
import { offsetOutOfRange, topicUnknown, tpKey } from '@strata/pipeline';

/** Read in batches of this many records, so that a reader of a long log can stop early. */
const READ_BATCH_RECORDS = 1_000;

/** One partition: records in offset order, with gaps where nothing is held (any more). */
interface MemoryPartition {
  readonly records: TopicRecord[];
  start: number;
  end: number;
  readonly wakeUps: Set<() => void>;
}

/**
 * A log of one process: topics, partitions, append times of an injected clock, and the positions of its groups.
 * Bytes are kept as handed over, not copied: nobody changes a record's bytes.
 */
export class MemoryLog {
  readonly #clock: WallClock;
  readonly #topics = new Map<string, MemoryPartition[]>();
  readonly #committed = new Map<string, Map<string, number>>();
  #lastAppendedAt = 0;

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  /** Creates what is missing; a topic that exists keeps its records. */
  createTopic(topic: string, partitions: number): void {
    if (this.#topics.has(topic)) return;
    const fresh = (): MemoryPartition => ({ records: [], start: 0, end: 0, wakeUps: new Set() });
    this.#topics.set(topic, Array.from({ length: partitions }, fresh));
  }

  partitionCount(topic: string): number {
    return this.#partitions(topic).length;
  }

  bounds(topic: string): LogBounds[] {
    return this.#partitions(topic).map(({ start, end }) => ({ start, end }));
  }

  /** All or nothing: an unknown place is refused before anything is written. */
  append(records: readonly OutgoingRecord[]): void {
    const places = records.map((record) => this.partition(record));
    // The broker's clock may be set back; what it stamps on a log never goes back here.
    this.#lastAppendedAt = Math.max(this.#lastAppendedAt, this.#clock.nowMs());
    records.forEach((record, index) => {
      const place = places[index] as MemoryPartition;
      const { topic, partition, key, value, headers } = record;
      const offset = place.end;
      place.end += 1;
      const appendedAt = this.#lastAppendedAt;
      place.records.push({ topic, partition, offset, appendedAt, key, value, headers });
    });
    for (const place of new Set(places)) wake(place);
  }

  /** Offsets that hold no record, as a transaction marker or compaction leaves them. */
  appendGap(at: TopicPartition): void {
    const place = this.partition(at);
    place.end += 1;
    wake(place);
  }

  /** Drops what lies before `offset`, as retention does. */
  cutBefore(at: TopicPartition, offset: number): void {
    const place = this.partition(at);
    place.start = Math.min(Math.max(place.start, offset), place.end);
    place.records.splice(0, firstAtOrAbove(place.records, place.start));
  }

  /** Up to `limit` records from `from` on, below `to`, and the offset to go on from. */
  slice(
    at: TopicPartition,
    range: { from: number; to: number; limit: number },
  ): { records: TopicRecord[]; nextOffset: number } {
    const { records } = this.partition(at);
    const first = firstAtOrAbove(records, range.from);
    const found: TopicRecord[] = [];
    for (let index = first; index < records.length && found.length < range.limit; index += 1) {
      const record = records[index] as TopicRecord;
      if (record.offset >= range.to) break;
      found.push(record);
    }
    const last = found.at(-1);
    const isWhole = found.length < range.limit || last === undefined;
    return { records: found, nextOffset: isWhole ? range.to : last.offset + 1 };
  }

  end(at: TopicPartition): number | undefined {
    return this.#topics.get(at.topic)?.[at.partition]?.end;
  }

  last(at: TopicPartition): TopicRecord | null {
    return this.partition(at).records.at(-1) ?? null;
  }

  /** Calls `wakeUp` at every append to the partition, until the answer is called. */
  onAppend(at: TopicPartition, wakeUp: () => void): () => void {
    const { wakeUps } = this.partition(at);
    wakeUps.add(wakeUp);
    return () => wakeUps.delete(wakeUp);
  }

  /** Positions of a group by `tpKey`. */
  committed(groupId: string): Map<string, number> {
    const known = this.#committed.get(groupId) ?? new Map<string, number>();
    this.#committed.set(groupId, known);
    return known;
  }

  partition(at: TopicPartition): MemoryPartition {
    const place = this.#partitions(at.topic)[at.partition];
    if (place === undefined) throw topicUnknown(at.topic, at.partition);
    return place;
  }

  #partitions(topic: string): MemoryPartition[] {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw topicUnknown(topic);
    return partitions;
  }
}

function wake(place: MemoryPartition): void {
  for (const wakeUp of place.wakeUps) wakeUp();
}

function firstAtOrAbove(records: readonly TopicRecord[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle] as TopicRecord).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `LogReader` over a `MemoryLog`. */
export class MemoryLogReader implements LogReader {
  readonly #log: MemoryLog;

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  async partitionCount(topic: string): Promise<number> {
    return this.#log.partitionCount(topic);
  }

  async bounds(topic: string): Promise<LogBounds[]> {
    return this.#log.bounds(topic);
  }

  read(from: TopicPartition & { offset: number }, to?: number): AsyncIterable<TopicRecord[]> {
    // An unknown place is told by the first batch, as every reader over a network does.
    const end = this.#log.end(from) ?? 0;
    return this.#read(from, Math.min(to ?? end, end));
  }

  async *#read(
    from: TopicPartition & { offset: number },
    to: number,
  ): AsyncGenerator<TopicRecord[]> {
    let offset = from.offset;
    while (true) {
      const { start, end } = this.#log.partition(from);
      if (offset < start || offset > end)
        throw offsetOutOfRange({ ...from, offset }, { start, end });
      if (offset >= to) return;
      const range = { from: offset, to, limit: READ_BATCH_RECORDS };
      const { records, nextOffset } = this.#log.slice(from, range);
      if (records.length > 0) yield records;
      offset = nextOffset;
    }
  }

  async tails(partitions: readonly TopicPartition[]): Promise<Map<string, TopicRecord | null>> {
    return new Map(partitions.map((at) => [tpKey(at), this.#log.last(at)]));
  }

  async committed(groupId: string, topics: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const topic of topics) {
      for (let partition = 0; partition < this.#log.partitionCount(topic); partition += 1) {
        const key = tpKey({ topic, partition });
        const offset = this.#log.committed(groupId).get(key);
        if (offset !== undefined) found.set(key, offset);
      }
    }
    return found;
  }

  async close(): Promise<void> {}
}

/** `LogWriter` over a `MemoryLog`. */
export class MemoryLogWriter implements LogWriter {
  readonly #log: MemoryLog;

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    this.#log.append(records);
  }

  async close(): Promise<void> {}
}

/** Keeps positions beside those of the groups of the same log. */
export class MemoryPositionKeeper implements PositionKeeper {
  readonly #log: MemoryLog;

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  async keep(
    groupId: string,
    offsets: readonly (TopicPartition & { readonly offset: number })[],
  ): Promise<void> {
    for (const { offset, ...at } of offsets) this.#log.committed(groupId).set(tpKey(at), offset);
  }
}
