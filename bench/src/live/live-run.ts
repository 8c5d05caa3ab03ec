import { setTimeout as delay } from 'node:timers/promises';
import { logRecordToWire, TOPICS } from '@strata/contracts';
import type { Instant } from '@strata/domain';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import { PARTITIONS } from '../scorer/customer-log.ts';
import type { ScorerStage } from '../scorer/scorer-stage.ts';
import { readChanges } from './change-reader.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import {
  isSwing,
  isSwinger,
  type LiveTraffic,
  liveIndexOf,
  liveRecordOf,
  SWING_EVERY,
} from './live-traffic.ts';

/** The first part of a phase is not counted. */
const WARM_UP_SHARE = 0.25;
const SEND_RECORDS_MAX = 2_000;
const LOOK_MS = 20;
/** Whatever has not come by then counts as having taken that long. */
const MISSING_MS = 60_000;

export interface PhaseMeasured {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** Tier changes that count. */
  readonly count: number;
  /** Of these, those that never came. */
  readonly missing: number;
}

interface Phase {
  readonly firstIndex: number;
  readonly countsFrom: number;
  readonly startMs: number;
  readonly perMs: number;
  readonly latencies: LatencyHistogram;
}

/**
 * Sends live traffic and times each tier change from the instant at which its event was meant to be
 * sent until its change was read. Nothing waits for an answer: whoever is slow has all that it delayed counted.
 */
export class LiveRun {
  readonly #stage: ScorerStage;
  readonly #traffic: LiveTraffic;
  readonly #others: { count: number };
  readonly #reading: { close(): Promise<void> };
  #nextIndex = 0;
  #phase: Phase | null = null;
  #arrived = 0;

  private constructor(
    stage: ScorerStage,
    traffic: LiveTraffic,
    opened: { others: { count: number }; reading: { close(): Promise<void> } },
  ) {
    this.#stage = stage;
    this.#traffic = traffic;
    this.#others = opened.others;
    this.#reading = opened.reading;
  }

  /** `topic` is where the contender tells its changes, and `effectiveAtOf` reads one. */
  static async open(
    stage: ScorerStage,
    traffic: LiveTraffic,
    told: { readonly topic: string; readonly effectiveAtOf: (value: Buffer) => Instant },
  ): Promise<LiveRun> {
    const others = { count: 0 };
    let live: LiveRun | null = null;
    const reading = await readChanges(stage.backends, told.topic, ({ key, value }, atMs) => {
      if (key === null || value === null) return;
      if (isSwinger(key)) live?.take(told.effectiveAtOf(value), atMs);
      else others.count += 1;
    });
    live = new LiveRun(stage, traffic, { others, reading });
    return live;
  }

  /** Tier changes of everybody else that were read so far. */
  get otherChanges(): number {
    return this.#others.count;
  }

  /** Sends at a steady rate until the time is over or `until` says so, and waits for what it has to bring. */
  async run(wanted: {
    readonly perSecond: number;
    readonly seconds: number;
    readonly until?: () => boolean;
  }): Promise<PhaseMeasured> {
    const perMs = wanted.perSecond / 1_000;
    const total = Math.round(wanted.perSecond * wanted.seconds);
    const firstIndex = this.#nextIndex;
    const countsFrom =
      firstIndex + (wanted.until === undefined ? Math.round(total * WARM_UP_SHARE) : 0);
    const latencies = new LatencyHistogram();
    this.#arrived = 0;
    const startMs = performance.now();
    this.#phase = { firstIndex, countsFrom, startMs, perMs, latencies };
    while (this.#nextIndex < firstIndex + total && wanted.until?.() !== true) {
      this.#stage.signal.throwIfAborted();
      await this.#sendDue(startMs, { firstIndex, total, perMs });
    }
    const missing = await this.#awaitArrivals(swingsIn(firstIndex, this.#nextIndex));
    for (let late = 0; late < missing; late += 1) latencies.record(MISSING_MS);
    return {
      p50Ms: latencies.atMs(50),
      p99Ms: latencies.atMs(99),
      p999Ms: latencies.atMs(99.9),
      maxMs: latencies.maxMs,
      count: latencies.count,
      missing,
    };
  }

  take(effectiveAt: Instant, atMs: number): void {
    const phase = this.#phase;
    const index = liveIndexOf(effectiveAt, this.#traffic);
    if (phase === null || index < phase.firstIndex || !isSwing(index)) return;
    this.#arrived += 1;
    if (index < phase.countsFrom) return;
    phase.latencies.record(atMs - (phase.startMs + (index - phase.firstIndex) / phase.perMs));
  }

  async close(): Promise<void> {
    await this.#reading.close();
  }

  async #sendDue(
    startMs: number,
    phase: { readonly firstIndex: number; readonly total: number; readonly perMs: number },
  ): Promise<void> {
    const { firstIndex, total, perMs } = phase;
    const sent = this.#nextIndex - firstIndex;
    const due = Math.min(total, Math.floor((performance.now() - startMs) * perMs) + 1);
    if (due <= sent) {
      await delay(Math.max(1, startMs + sent / perMs - performance.now()));
      return;
    }
    const count = Math.min(SEND_RECORDS_MAX, due - sent);
    const serde = this.#stage.serdes(TOPICS.customerLog);
    const records = Array.from({ length: count }, (_, at): OutgoingRecord => {
      const { record, customerId } = liveRecordOf(this.#nextIndex + at, this.#traffic);
      const key = Buffer.from(customerId);
      const partition = partitionFor(key, PARTITIONS);
      const value = serde.encode(logRecordToWire(record));
      return { topic: TOPICS.customerLog, partition, key, value, headers: {} };
    });
    this.#nextIndex += count;
    await this.#stage.writer.send(records);
  }

  /** How many have not come. */
  async #awaitArrivals(expected: number): Promise<number> {
    const deadlineMs = performance.now() + MISSING_MS;
    while (this.#arrived < expected && performance.now() < deadlineMs) {
      this.#stage.signal.throwIfAborted();
      await delay(LOOK_MS);
    }
    return Math.max(0, expected - this.#arrived);
  }
}

/** Of the indexes in [from, to). */
function swingsIn(from: number, to: number): number {
  return Math.ceil(to / SWING_EVERY) - Math.ceil(from / SWING_EVERY);
}
