import { deadLetterFromWire, isBeforeErasure, letterSubjectOf, TOPICS } from '@strata/contracts';
import type { Erasure, Erasures } from '@strata/domain';
import { type Logger, type TopicPartition, type TopicRecord, tpKey } from '@strata/pipeline';
import type { Bell } from './bell.ts';
import type { LogAppender } from './log-appender.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { Shard } from './shard.ts';

type SweeperPorts = Pick<ScorerPorts, 'reader' | 'serde' | 'metrics'>;

/**
 * Writes tombstones for the dead letters of erased customers. What it has to erase follows from the state of the owned
 * partitions and from the topic alone, so that a crash, another owner, or a partition that is folded again from the log
 * (which writes its letters anew) ends the same.
 */
export class LetterSweeper {
  readonly #ports: SweeperPorts;
  readonly #pollMs: number;
  readonly #parts: LetterSweeperParts;
  /** The erasures that the letters before `#next` were held against. */
  readonly #swept = new WeakMap<Shard, Erasures>();
  /** By partition of the letters, the offset to go on from. */
  readonly #next = new Map<string, number>();
  #isStopping = false;
  #run: Promise<void> = Promise.resolve();

  constructor(ports: SweeperPorts, pollMs: number, parts: LetterSweeperParts) {
    this.#ports = ports;
    this.#pollMs = pollMs;
    this.#parts = parts;
  }

  start(): void {
    this.#run = this.#loop();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#parts.bell.ring();
    await this.#run;
  }

  /** Whether there are erasures that no letter was held against yet. While a partition catches up, more may come. */
  isBehind(shard: Shard): boolean {
    const { erasures } = shard.state;
    return shard.hasCaughtUp && erasures.byMarker.size > 0 && this.#swept.get(shard) !== erasures;
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#sweep();
      } catch (error) {
        const sentence = error instanceof Error ? error.message : String(error);
        this.#parts.logger.warn(
          { error: sentence },
          'The letters of erased customers are not swept yet',
        );
      }
      if (!this.#isStopping) await this.#parts.bell.wait(this.#pollMs);
    }
  }

  async #sweep(): Promise<void> {
    const shards = this.#parts.shards().filter((it) => it.hasCaughtUp);
    const sweeping = new Map(shards.map((shard) => [shard, shard.state.erasures]));
    const erasures = new Map([...sweeping.values()].flatMap(({ byMarker }) => [...byMarker]));
    if (erasures.size === 0) return;
    if (shards.some((shard) => this.isBehind(shard))) this.#next.clear();
    const bounds = await this.#ports.reader.bounds(TOPICS.deadLetters);
    for (const [partition, { start, end }] of bounds.entries()) {
      const place = { topic: TOPICS.deadLetters, partition };
      const offset = Math.max(start, this.#next.get(tpKey(place)) ?? 0);
      if (offset < end) await this.#erase(await this.#found({ place, offset, end }, erasures));
      this.#next.set(tpKey(place), end);
    }
    for (const [shard, swept] of sweeping) this.#swept.set(shard, swept);
  }

  /** The last record of each letter that has to go; one that has a tombstone already is left alone. */
  async #found(
    { place, offset, end }: { place: TopicPartition; offset: number; end: number },
    erasures: ReadonlyMap<string, Erasure>,
  ): Promise<readonly TopicRecord[]> {
    const found = new Map<string, TopicRecord>();
    for await (const records of this.#ports.reader.read({ ...place, offset }, end)) {
      const about = records.filter(({ headers }) => letterSubjectOf(headers).markers.length > 0);
      await this.#ports.serde(TOPICS.deadLetters).prepare(about.map(({ value }) => value));
      for (const record of records) {
        const letter = Buffer.from(record.key ?? []).toString();
        if (record.value === null) found.delete(letter);
        else if (this.#isErased(record, record.value, erasures)) found.set(letter, record);
      }
    }
    return [...found.values()];
  }

  #isErased(
    { headers }: TopicRecord,
    value: Uint8Array,
    erasures: ReadonlyMap<string, Erasure>,
  ): boolean {
    const { markers, occurredAt } = letterSubjectOf(headers);
    const own = markers.flatMap((marker) => erasures.get(marker) ?? []);
    if (own.length === 0) return false;
    const { firstSeenAt } = deadLetterFromWire(this.#ports.serde(TOPICS.deadLetters).decode(value));
    return own.some((erasure) => isBeforeErasure({ occurredAt, firstSeenAt }, erasure));
  }

  async #erase(letters: readonly TopicRecord[]): Promise<void> {
    if (letters.length === 0) return;
    await this.#parts.appender.send(
      letters.map(({ topic, partition, key }) => {
        return { topic, partition, key, value: null, headers: {} };
      }),
    );
    this.#ports.metrics.lettersErased.inc(letters.length);
    this.#parts.logger.info({ letters: letters.length }, 'Erased letters of erased customers');
  }
}

export interface LetterSweeperParts {
  readonly shards: () => readonly Shard[];
  /** Rung when a partition was taken or has erased somebody. */
  readonly bell: Bell;
  readonly appender: LogAppender;
  readonly logger: Logger;
}
