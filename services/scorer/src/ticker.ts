import { logRecordToWire } from '@strata/contracts';
import { TICK_CUSTOMERS_MAX } from '@strata/domain';
import type { Logger } from '@strata/pipeline';
import type { Bell } from './bell.ts';
import type { LogAppender } from './log-appender.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { ScorerSettings } from './scorer-settings.ts';
import type { Shard } from './shard.ts';

const EARLY_MS_FIRST = 500;
const EARLY_MS_MAX = 30_000;
const FAILED_MS = 1_000;
/** However far off the next due instant is: a wait that a wrong clock made long ends here. */
const LOOK_MS_MAX = 30_000;

/** What the ticker remembers of a shard. Safe to lose: a tick too many does nothing. */
interface Pace {
  /** Since when due customers wait behind live traffic. */
  waitingSinceMs: number | null;
  /** Named last; the same ones again right after mean that the tick came too early. */
  lastNamed: ReadonlySet<string>;
  lastHorizonMs: number;
  notBeforeMs: number;
  earlyMs: number;
  /** The next tick is the second try after a wait. */
  isRetrying: boolean;
}

/**
 * Time for those who are silent. Looks which customers of the owned partitions are due and appends ticks that name
 * them, behind live traffic. What a tick does is decided by the fold alone, so a clock of this machine that is wrong
 * can make ticks early or late but never a tier wrong.
 */
export class Ticker {
  readonly #ports: Pick<ScorerPorts, 'store' | 'clock' | 'metrics'>;
  readonly #settings: ScorerSettings;
  readonly #parts: TickerParts;
  readonly #paces = new WeakMap<Shard, Pace>();
  #isStopping = false;
  #run: Promise<void> = Promise.resolve();

  constructor(
    ports: Pick<ScorerPorts, 'store' | 'clock' | 'metrics'>,
    settings: ScorerSettings,
    parts: TickerParts,
  ) {
    this.#ports = ports;
    this.#settings = settings;
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

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      let waitMs: number | null = null;
      for (const shard of this.#parts.shards()) {
        const shardMs = await this.#look(shard);
        if (shardMs !== null) waitMs = Math.min(waitMs ?? LOOK_MS_MAX, shardMs);
      }
      if (!this.#isStopping) await this.#parts.bell.wait(waitMs);
    }
  }

  /** Looks at one shard. Answers after how long to look again, null for not before something happens. */
  async #look(shard: Shard): Promise<number | null> {
    // While ticks are on their way their customers still look due; the commit that folds them wakes us.
    if (shard.isLost || shard.state.time === null || shard.ticking.size > 0) return null;
    // The log has the ticks of that time already, further on.
    if (shard.rebuildLeft > 0) return null;
    try {
      const waitMs = this.#waitFor(shard);
      return waitMs === 0 ? await this.#tick(shard) : waitMs;
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      this.#parts.logger.warn({ partition: shard.partition, error: sentence }, 'Ticks wait');
      // Whom no tick could be appended for is due still, and overdue for longer. Where nobody was named the index did not
      // answer: what it holds is unknown now, so the next look has to ask it.
      if (shard.ticking.size === 0) shard.earliestDue = Number.NEGATIVE_INFINITY;
      shard.ticking.clear();
      this.#pace(shard).notBeforeMs = this.#ports.clock.nowMs() + FAILED_MS;
      return FAILED_MS;
    }
  }

  /** 0: now. Null: nobody is due at any time that wall time alone brings about. */
  #waitFor(shard: Shard): number | null {
    const nowMs = this.#ports.clock.nowMs();
    const { earliestDue } = shard;
    if (earliestDue === null) return null;
    if (earliestDue > shard.dueHorizon(nowMs)) {
      return shard.state.time === 'wall' ? earliestDue - nowMs : null;
    }
    const pace = this.#pace(shard);
    // Further off than any wait: the clock was set back since.
    const notBeforeInMs = pace.notBeforeMs - nowMs;
    if (notBeforeInMs > 0 && notBeforeInMs <= EARLY_MS_MAX) return notBeforeInMs;
    if (shard.lag <= this.#settings.tickLagMax) return 0;
    pace.waitingSinceMs = Math.min(pace.waitingSinceMs ?? nowMs, nowMs);
    return Math.max(0, pace.waitingSinceMs + this.#settings.tickWaitMsMax - nowMs);
  }

  async #tick(shard: Shard): Promise<number | null> {
    const { store, clock, metrics } = this.#ports;
    const { partition, earliestDue } = shard;
    const upToMs = shard.dueHorizon(clock.nowMs());
    const limit = TICK_CUSTOMERS_MAX * this.#settings.ticksInFlightMax;
    const named = await store.dueCustomers({ partition, upToMs, limit });
    if (named.length === 0) {
      await this.#askEarliest(shard);
      const waitMs = this.#waitFor(shard);
      return waitMs === 0 ? EARLY_MS_FIRST : waitMs;
    }
    const earlyMs = this.#earlyMs(shard, named, upToMs);
    if (earlyMs > 0) return earlyMs;
    for (const customerId of named) shard.ticking.add(customerId);
    await this.#parts.appender.append(
      chunksOf(named, TICK_CUSTOMERS_MAX).map((customerIds) => ({
        partition,
        wire: logRecordToWire({ kind: 'tick', customerIds }),
      })),
    );
    metrics.ticks.inc(Math.ceil(named.length / TICK_CUSTOMERS_MAX));
    metrics.tickCustomers.inc(named.length);
    if (shard.state.time === 'wall' && earliestDue !== null && Number.isFinite(earliestDue)) {
      metrics.dueLatenessSeconds.observe(Math.max(0, clock.nowMs() - earliestDue) / 1_000);
    }
    return null;
  }

  /** Commits may lower the value while the store answers; theirs is kept. */
  async #askEarliest(shard: Shard): Promise<void> {
    shard.earliestDue = null;
    const earliest = await this.#ports.store.earliestDue(shard.partition);
    if (earliest !== null) shard.earliestDue = Math.min(shard.earliestDue ?? earliest, earliest);
  }

  /**
   * Whoever was named, folded, and is still the first to be due was named too early (the broker's clock is behind
   * ours): wait, longer each time, rather than fill the log with ticks. In data time a mark that moved the clock on
   * makes somebody due anew, and nothing is early.
   */
  #earlyMs(shard: Shard, named: readonly string[], horizonMs: number): number {
    const pace = this.#pace(shard);
    pace.waitingSinceMs = null;
    const hasMoved = shard.state.time === 'data' && horizonMs > pace.lastHorizonMs;
    const isEarly = !hasMoved && pace.lastNamed.has(named[0] ?? '');
    pace.lastHorizonMs = horizonMs;
    if (!isEarly) {
      // After a wait the same ones are tried again, and their wait goes on growing where they are early still.
      if (!pace.isRetrying) pace.earlyMs = EARLY_MS_FIRST;
      pace.isRetrying = false;
      pace.lastNamed = new Set(named);
      return 0;
    }
    const waitMs = pace.earlyMs;
    pace.notBeforeMs = this.#ports.clock.nowMs() + waitMs;
    pace.earlyMs = Math.min(EARLY_MS_MAX, waitMs * 2);
    pace.lastNamed = new Set();
    pace.isRetrying = true;
    return waitMs;
  }

  #pace(shard: Shard): Pace {
    const known = this.#paces.get(shard);
    if (known !== undefined) return known;
    const pace: Pace = {
      waitingSinceMs: null,
      lastNamed: new Set(),
      lastHorizonMs: Number.NEGATIVE_INFINITY,
      notBeforeMs: 0,
      earlyMs: EARLY_MS_FIRST,
      isRetrying: false,
    };
    this.#paces.set(shard, pace);
    return pace;
  }
}

export interface TickerParts {
  readonly shards: () => readonly Shard[];
  /** Rung after every commit and assignment. */
  readonly bell: Bell;
  readonly appender: LogAppender;
  readonly logger: Logger;
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
