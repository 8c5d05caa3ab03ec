import { isRatesKey, PolicyBook, type PublishedPolicy, TOPICS } from '@strata/contracts';
import type { Logger, TopicRecord } from '@strata/pipeline';
import type { Bell } from './bell.ts';
import type { LogAppender } from './log-appender.ts';
import { PolicyBringer } from './policy-bringer.ts';
import { RatesWatch } from './rates-watch.ts';
import type { PreparedSerde, ScorerPorts } from './scorer-ports.ts';
import type { Shard } from './shard.ts';

/**
 * Reads what is published (policies, calibrations, rates) and has it brought into the log. A partition grades by what
 * its own log says, so the owner of a partition that lacks something published appends it there, once.
 */
export class PolicyWatch {
  readonly #ports: Pick<ScorerPorts, 'reader' | 'serde' | 'clock'>;
  readonly #pollMs: number;
  readonly #parts: PolicyWatchParts;
  /** By partition of the policies topic, the offset to read from. */
  readonly #read = new Map<number, number>();
  readonly #serde: PreparedSerde;
  readonly #book: PolicyBook;
  readonly #bringer: PolicyBringer;
  readonly #rates: RatesWatch;
  #polledAtMs = Number.NEGATIVE_INFINITY;
  #isStopping = false;
  #run: Promise<void> = Promise.resolve();

  constructor(
    ports: Pick<ScorerPorts, 'reader' | 'serde' | 'clock'>,
    pollMs: number,
    parts: PolicyWatchParts,
  ) {
    this.#ports = ports;
    this.#pollMs = pollMs;
    this.#parts = parts;
    this.#serde = ports.serde(TOPICS.policies);
    this.#book = new PolicyBook((value) => this.#serde.decode(value));
    this.#bringer = new PolicyBringer(parts.appender, parts.logger);
    this.#rates = new RatesWatch(parts.appender, parts.logger);
  }

  /** The set that holds, null while nothing is published. */
  get published(): PublishedPolicy | null {
    return this.#book.inForce;
  }

  /** Everything that was published, as far as it was read. */
  get book(): PolicyBook {
    return this.#book;
  }

  start(): void {
    this.#run = this.#loop();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#parts.bell.ring();
    await this.#run;
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#poll();
        const shards = this.#parts.shards().filter(isReady);
        await this.#bringer.bring(this.#book, shards);
        await this.#rates.bring(shards);
      } catch (error) {
        const sentence = error instanceof Error ? error.message : String(error);
        this.#parts.logger.warn({ error: sentence }, 'The published policy could not be looked at');
      }
      if (!this.#isStopping) await this.#parts.bell.wait(this.#pollMs);
    }
  }

  /** The bell rings more often than anybody publishes: the topic is read at most once in the interval. */
  async #poll(): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    const sinceMs = nowMs - this.#polledAtMs;
    // Less than nothing: the clock was set back.
    if (sinceMs >= 0 && sinceMs < this.#pollMs) return;
    const bounds = await this.#ports.reader.bounds(TOPICS.policies);
    for (const [partition, { start, end }] of bounds.entries()) {
      const offset = Math.max(start, this.#read.get(partition) ?? 0);
      if (offset >= end) continue;
      const place = { topic: TOPICS.policies, partition, offset };
      for await (const records of this.#ports.reader.read(place, end)) {
        await this.#serde.prepare(records.map(({ value }) => value));
        for (const record of records) {
          this.#take(record);
          this.#read.set(partition, record.offset + 1);
        }
      }
      this.#read.set(partition, end);
    }
    this.#polledAtMs = nowMs;
  }

  #take(record: TopicRecord): void {
    if (isRatesKey(record.key)) {
      this.#rates.take(record, this.#serde);
      return;
    }
    const taken = this.#book.take(record);
    if (taken === null) return;
    const { logger } = this.#parts;
    const { number } = taken;
    if ('calibration' in taken) {
      const { id, setId } = taken.calibration;
      logger.info({ policySet: setId, calibration: id, number }, 'A calibration is published');
    } else {
      const { set, standing } = taken;
      logger.info({ policySet: set.id, number, standing }, 'A policy is published');
    }
  }
}

/** Behind its log a partition may hold what it has not folded yet, so the end is waited for. */
function isReady({ state, hasCaughtUp }: Shard): boolean {
  return state.time !== null && hasCaughtUp;
}

export interface PolicyWatchParts {
  readonly shards: () => readonly Shard[];
  /** Rung when a partition may have become able to take an activation. */
  readonly bell: Bell;
  readonly appender: LogAppender;
  readonly logger: Logger;
}
