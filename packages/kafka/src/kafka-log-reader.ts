import type { LogBounds, Logger, LogReader, TopicPartition, TopicRecord } from '@strata/pipeline';
import { offsetOutOfRange, silentLogger, topicUnknown, tpKey } from '@strata/pipeline';
import type { FetchedPartition } from './fetch-response.ts';
import type { KafkaSettings } from './kafka-connection.ts';
import { KafkaFetcher } from './kafka-fetcher.ts';

/** One answer of `read`: large enough that a round trip costs little beside decoding. */
const READ_BYTES = 4 * 1_048_576;
/** Every batch that a broker accepts by default fits, so a tail always comes whole. */
const TAIL_BYTES = 1_048_576 + 65_536;
/** Waits of half a second each for a broker that has just become leader to know its own log. */
const EMPTY_FETCHES_MAX = 20;

/** `LogReader` on Kafka. It belongs to no group, reads committed records only, and commits nothing. */
export class KafkaLogReader implements LogReader {
  readonly #fetcher: KafkaFetcher;

  constructor(settings: KafkaSettings, options: { readonly logger?: Logger } = {}) {
    this.#fetcher = new KafkaFetcher(settings, options.logger ?? silentLogger);
  }

  async partitionCount(topic: string): Promise<number> {
    return (await this.#fetcher.partitions(topic)).length;
  }

  async bounds(topic: string): Promise<LogBounds[]> {
    return this.#fetcher.bounds(topic);
  }

  read(from: TopicPartition & { offset: number }, to?: number): AsyncIterable<TopicRecord[]> {
    // The end is taken now, not when the first batch is asked for.
    const bounds = this.#boundsOf(from);
    bounds.catch(() => undefined);
    return this.#read(from, bounds, to);
  }

  async *#read(
    from: TopicPartition & { offset: number },
    bounds: Promise<LogBounds>,
    to = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<TopicRecord[]> {
    const { start, end } = await bounds;
    if (from.offset < start || from.offset > end) throw offsetOutOfRange(from, { start, end });
    const stop = Math.min(to, end);
    const fetchFrom = (offset: number) => {
      const step = this.#step({ ...from, offset }, stop);
      // Nobody may be left to wait for the step ahead: the caller can break off at any batch.
      step.catch(() => undefined);
      return step;
    };
    let ahead = from.offset < stop ? fetchFrom(from.offset) : undefined;
    while (ahead !== undefined) {
      const { records, nextOffset }: Step = await ahead;
      ahead = nextOffset < stop ? fetchFrom(nextOffset) : undefined;
      if (records.length > 0) yield records;
    }
  }

  /** The next records of [offset, stop) and where to go on. */
  async #step(at: TopicPartition & { offset: number }, stop: number): Promise<Step> {
    for (let fetches = 0; fetches < EMPTY_FETCHES_MAX; fetches += 1) {
      const bytes = stop - at.offset === 1 ? TAIL_BYTES : READ_BYTES;
      const [fetched] = await this.#fetcher.fetch([at], bytes);
      const found = fetched as FetchedPartition;
      if (found.nextOffset > at.offset) {
        return { records: within(found.records, at.offset, stop), nextOffset: found.nextOffset };
      }
      // A broker answers with data as soon as it has some: none below the stable end means a gap up to there.
      if (found.lastStableOffset > at.offset) {
        return { records: [], nextOffset: found.lastStableOffset };
      }
    }
    throw offsetOutOfRange(at, await this.#boundsOf(at));
  }

  async tails(partitions: readonly TopicPartition[]): Promise<Map<string, TopicRecord | null>> {
    const tails = new Map<string, TopicRecord | null>();
    const ends: (TopicPartition & LogBounds)[] = [];
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const boundsByTopic = new Map(
      await Promise.all(topics.map(async (topic) => [topic, await this.bounds(topic)] as const)),
    );
    for (const at of partitions) {
      const bounds = boundsByTopic.get(at.topic)?.[at.partition];
      if (bounds === undefined) throw topicUnknown(at.topic, at.partition);
      if (bounds.end > bounds.start) ends.push({ ...at, ...bounds });
      else tails.set(tpKey(at), null);
    }
    const lasts = ends.map((at) => ({ ...at, offset: at.end - 1 }));
    const fetched = await this.#fetcher.fetch(lasts, TAIL_BYTES);
    for (const [index, at] of ends.entries()) {
      const last = fetched[index]?.records.findLast(({ offset }) => offset < at.end);
      tails.set(tpKey(at), copied(last ?? (await this.#lastRecordBelow(at))));
    }
    return tails;
  }

  /** Looks further and further back behind a gap. */
  async #lastRecordBelow(at: TopicPartition & LogBounds): Promise<TopicRecord | null> {
    for (let span = 16; ; span *= 16) {
      const offset = Math.max(at.start, at.end - span);
      let last: TopicRecord | undefined;
      for await (const records of this.read({ ...at, offset }, at.end)) last = records.at(-1);
      if (last !== undefined) return last;
      if (offset === at.start) return null;
    }
  }

  async committed(groupId: string, topics: readonly string[]): Promise<Map<string, number>> {
    return this.#fetcher.committed(groupId, topics);
  }

  async close(): Promise<void> {
    await this.#fetcher.close();
  }

  async #boundsOf(at: TopicPartition): Promise<LogBounds> {
    const bounds = (await this.bounds(at.topic))[at.partition];
    if (bounds === undefined) throw topicUnknown(at.topic, at.partition);
    return bounds;
  }
}

interface Step {
  readonly records: TopicRecord[];
  readonly nextOffset: number;
}

function within(records: TopicRecord[], from: number, to: number): TopicRecord[] {
  const isInside = (records[0]?.offset ?? from) >= from && (records.at(-1)?.offset ?? from) < to;
  return isInside ? records : records.filter(({ offset }) => offset >= from && offset < to);
}

/** A tail is kept for long; a slice would keep the whole fetched buffer with it. */
function copied(record: TopicRecord | null): TopicRecord | null {
  if (record === null) return null;
  const headers = Object.entries(record.headers).map(([name, bytes]) => [name, Buffer.from(bytes)]);
  return {
    ...record,
    key: record.key && Buffer.from(record.key),
    value: record.value && Buffer.from(record.value),
    headers: Object.fromEntries(headers),
  };
}
