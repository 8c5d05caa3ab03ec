import type { Logger, TopicPartition } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
import type { Offsets } from 'kafkajs';

type Commit = (offsets: Offsets) => Promise<void>;
type Positioned = TopicPartition & { readonly next: number };

/**
 * Commits positions of finished batches now and then. A commit that fails is only counted and said: the positions go
 * with the next one, and at worst a few finished batches come again.
 */
export class OffsetCommitter {
  readonly #intervalMs: number;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, { at: TopicPartition; next: number }>();
  #commit: Commit | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #committing: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(intervalMs: number, logger: Logger) {
    this.#intervalMs = intervalMs;
    this.#logger = logger;
  }

  /** Notes a finished batch; commits if it is time, else arms one timer for the rest of the interval. */
  async done({ topic, partition, next }: Positioned, commit: Commit): Promise<void> {
    this.#waiting.set(tpKey({ topic, partition }), { at: { topic, partition }, next });
    // The one of kafkajs that tries once, under the present generation of the group.
    this.#commit = commit;
    const dueInMs = this.#lastAtMs + this.#intervalMs - performance.now();
    if (dueInMs <= 0) await this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), dueInMs);
  }

  /** Commits what waits. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastAtMs = performance.now();
    const positions = [...this.#waiting.values()];
    const commit = this.#commit;
    this.#waiting.clear();
    if (positions.length === 0 || commit === undefined) return this.#committing;
    const before = this.#committing;
    this.#committing = (async () => {
      await before;
      try {
        await commit({ topics: byTopic(positions) });
        this.#overtake(positions);
      } catch (error) {
        this.#failures += 1;
        const reason = error instanceof Error ? error.message : String(error);
        const fields = { component: 'group reader', failures: this.#failures, reason };
        this.#logger.warn(fields, 'positions could not be committed');
        this.#keep(positions);
      }
    })();
    await this.#committing;
  }

  /** The assignment is void: its positions are no longer ours to commit. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
    this.#commit = undefined;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
  }

  /** What an earlier commit could not bring must not be brought behind this one. */
  #overtake(positions: readonly { at: TopicPartition; next: number }[]): void {
    for (const { at, next } of positions) {
      const key = tpKey(at);
      if ((this.#waiting.get(key)?.next ?? Infinity) <= next) this.#waiting.delete(key);
    }
  }

  #keep(positions: readonly { at: TopicPartition; next: number }[]): void {
    if (this.#commit === undefined) return;
    for (const position of positions) {
      const key = tpKey(position.at);
      if (!this.#waiting.has(key)) this.#waiting.set(key, position);
    }
  }
}

function byTopic(positions: readonly { at: TopicPartition; next: number }[]) {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { at, next } of positions) {
    const entry = { partition: at.partition, offset: String(next) };
    topics.set(at.topic, [...(topics.get(at.topic) ?? []), entry]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
