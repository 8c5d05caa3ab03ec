import {
  CURRENT_POLICY_KEY,
  isRatesKey,
  logRecordToWire,
  policyPublicationFromWire,
  TOPICS,
} from '@strata/contracts';
import type { PolicySet } from '@strata/domain';
import type { Logger, TopicRecord } from '@strata/pipeline';
import type { Bell } from './bell.ts';
import type { LogAppender } from './log-appender.ts';
import { RatesWatch } from './rates-watch.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { Shard } from './shard.ts';

/**
 * Brings the published policy, and published rates, into the log. A partition grades by what its own log says, so the owner of a partition
 * that lacks the published set appends its activation there, once.
 */
export class PolicyWatch {
  readonly #ports: Pick<ScorerPorts, 'reader' | 'serde' | 'clock'>;
  readonly #pollMs: number;
  readonly #parts: PolicyWatchParts;
  /** By partition of the policies topic, the offset to read from. */
  readonly #read = new Map<number, number>();
  readonly #told = new Set<string>();
  readonly #rates: RatesWatch;
  #published: PolicySet | null = null;
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
    this.#rates = new RatesWatch(parts.appender, parts.logger);
  }

  /** The set under the key `current`, null while nothing is published. */
  get published(): PolicySet | null {
    return this.#published;
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
        await this.#activate();
        await this.#rates.bring(this.#parts.shards().filter(isReady));
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
        await this.#ports.serde(TOPICS.policies).prepare(records.map(({ value }) => value));
        for (const record of records) this.#take(record);
      }
      this.#read.set(partition, end);
    }
    this.#polledAtMs = nowMs;
  }

  #take(record: TopicRecord): void {
    const { key, value } = record;
    if (isRatesKey(key)) {
      this.#rates.take(record, this.#ports.serde(TOPICS.policies));
      return;
    }
    if (key === null || new TextDecoder().decode(key) !== CURRENT_POLICY_KEY) return;
    if (value === null) {
      this.#published = null;
      return;
    }
    const publication = policyPublicationFromWire(this.#ports.serde(TOPICS.policies).decode(value));
    this.#published = publication.set;
    this.#parts.logger.info({ policySet: publication.set.id }, 'A policy is published');
  }

  async #activate(): Promise<void> {
    const set = this.#published;
    if (set === null) return;
    const lacking: Shard[] = [];
    for (const shard of this.#parts.shards()) {
      if (!isReady(shard)) continue;
      const active = shard.activeSet;
      if (active === null && shard.activating !== set.id) lacking.push(shard);
      if (active !== null && active.id !== set.id) this.#tellUnsupported(active.id, set.id);
    }
    if (lacking.length === 0) return;
    const wire = logRecordToWire({ kind: 'policy-activated', set });
    for (const shard of lacking) shard.activating = set.id;
    try {
      await this.#parts.appender.append(lacking.map(({ partition }) => ({ partition, wire })));
    } catch (error) {
      // Whether it got there is unknown; a second activation of the same set changes nothing.
      for (const shard of lacking) shard.activating = null;
      throw error;
    }
    this.#parts.logger.info(
      { policySet: set.id, partitions: lacking.length },
      'Activated the published policy',
    );
  }

  #tellUnsupported(activeId: string, publishedId: string): void {
    if (this.#told.has(publishedId)) return;
    this.#told.add(publishedId);
    this.#parts.logger.warn(
      { active: activeId, published: publishedId },
      'Another policy set is published; changing the policy of a running stack is not supported yet',
    );
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
