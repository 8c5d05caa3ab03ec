import { type MemoryLog, MemoryLogReader, MemoryPositionKeeper } from '@strata/memory';
import type {
  LogReader,
  LogWriter,
  OutgoingRecord,
  PositionKeeper,
  TopicPartition,
  TopicRecord,
} from '@strata/pipeline';
import { assert, OUTPUT_NUMBER_HEADER, StrataError, tpKey } from '@strata/pipeline';
import type { SimProcess } from './sim-process.ts';

/** Tells of everything that is appended, before it is. */
export type AppendWatch = (records: readonly OutgoingRecord[]) => void;

/** The log as one process writes it. */
export class SimLogWriter implements LogWriter {
  readonly #process: SimProcess;
  readonly #append: AppendWatch;
  #isSending = false;

  constructor(process: SimProcess, append: AppendWatch) {
    this.#process = process;
    this.#append = append;
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    assert(!this.#isSending, 'a log writer sends once at a time: await the send before');
    if (records.length === 0) return;
    this.#isSending = true;
    const { conduct, world } = this.#process;
    const { chaos, random } = world;
    const numbered = records.filter(({ headers }) => OUTPUT_NUMBER_HEADER in headers);
    conduct.sends(numbered);
    try {
      await this.#process.call('log', 'send', () => {
        if (!chaos.strikes('append partial')) return this.#append(records);
        this.#append(someOf(records, (count) => random.below(count + 1)));
        throw new StrataError('STRATA_LOG_SEND_FAILED', 'Some of it may lie in the log.', {
          isRetryable: true,
        });
      });
    } catch (error) {
      if (numbered.length > 0) conduct.sendFailed();
      throw error;
    } finally {
      this.#isSending = false;
    }
  }

  async close(): Promise<void> {}
}

/** Of each partition the first ones: within one, nothing overtakes. */
function someOf(
  records: readonly OutgoingRecord[],
  countOf: (most: number) => number,
): OutgoingRecord[] {
  const places = Map.groupBy(records, tpKey);
  return [...places.values()].flatMap((ofPlace) => ofPlace.slice(0, countOf(ofPlace.length)));
}

/** The log as one process reads it, outside any group. */
export function logReaderOf(process: SimProcess, log: MemoryLog): LogReader {
  const reader = new MemoryLogReader(log);
  const ask = <T>(what: string, execute: () => T | Promise<T>): Promise<T> =>
    process.call('log', what, execute);
  async function* read(
    from: TopicPartition & { readonly offset: number },
    to: number | undefined,
  ): AsyncGenerator<TopicRecord[]> {
    yield* await ask('read', async () => {
      const batches: TopicRecord[][] = [];
      for await (const batch of reader.read(from, to)) batches.push(batch);
      return batches;
    });
  }
  return {
    partitionCount: (topic) => ask('partition count', () => reader.partitionCount(topic)),
    bounds: (topic) => ask('bounds', () => reader.bounds(topic)),
    read,
    // Each topic is another request: what is answered is of different moments.
    tails: async (places) => {
      const topics = Map.groupBy(places, ({ topic }) => topic);
      const tails = await Promise.all(
        [...topics.values()].map((ofTopic) => ask('tails', () => reader.tails(ofTopic))),
      );
      const found = new Map(tails.flatMap((each) => [...each]));
      process.conduct.hasRead(found);
      return found;
    },
    committed: (groupId, topics) => ask('committed', () => reader.committed(groupId, topics)),
    close: async () => {},
  };
}

/** What the broker keeps for a process, across the network. */
export function positionKeeperOf(process: SimProcess, log: MemoryLog): PositionKeeper {
  const keeper = new MemoryPositionKeeper(log);
  return {
    keep: (groupId, offsets) => process.call('log', 'keep', () => keeper.keep(groupId, offsets)),
  };
}
