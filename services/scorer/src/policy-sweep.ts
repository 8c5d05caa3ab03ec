import { logRecordToWire } from '@strata/contracts';
import { activeSet, turnNumber } from '@strata/domain';
import type { Logger } from '@strata/pipeline';
import { openCustomer } from '@strata/state-codec';
import type { Bell } from './bell.ts';
import type { LogAppender } from './log-appender.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { ScorerSettings } from './scorer-settings.ts';
import type { Shard } from './shard.ts';

type SweepPorts = Pick<ScorerPorts, 'store' | 'clock' | 'metrics'>;

/** What is under way in a shard. Safe to lose: who has passed already is left out, or named once more. */
interface Walk {
  readonly through: number;
  /** The customers of the partition, batch by batch. */
  readonly scan: AsyncIterator<readonly (readonly [customerId: string, bytes: Uint8Array])[]>;
  readonly open: string[];
  /** Of the record that was appended last. */
  sentAtMs: number;
  /** The last record was folded, and behind it comes a rest as long as it took. */
  restsUntilMs: number;
}

/** However long a record took, the next one follows within this. */
const REST_MS_MAX = 2_000;
/** Nor does it wait longer for the outbox. */
const DRAIN_MS_MAX = 2_000;
const FAILED_MS = 1_000;

/**
 * Brings those who are silent past a new policy or calibration: walks through the customers of the owned partitions and
 * appends sweeps that name them, one partition after the other, one record on its way at a time, behind live traffic.
 * What a sweep does is decided by the fold alone, so its pace changes no tier.
 */
export class PolicySweep {
  readonly #ports: SweepPorts;
  readonly #settings: ScorerSettings;
  readonly #parts: PolicySweepParts;
  readonly #walks = new WeakMap<Shard, Walk>();
  #isStopping = false;
  #run: Promise<void> = Promise.resolve();

  constructor(ports: SweepPorts, settings: ScorerSettings, parts: PolicySweepParts) {
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
      const shard = this.#parts.shards().find(isBehind);
      const waitMs = shard === undefined ? null : await this.#look(shard);
      if (!this.#isStopping) await this.#parts.bell.wait(waitMs);
    }
  }

  /** Answers after how long to look again, null for not before something happens. */
  async #look(shard: Shard): Promise<number | null> {
    try {
      return await this.#sweep(shard);
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      this.#parts.logger.warn({ partition: shard.partition, error: sentence }, 'A sweep waits');
      this.#walks.delete(shard);
      shard.isSweeping = false;
      return FAILED_MS;
    }
  }

  async #sweep(shard: Shard): Promise<number | null> {
    const through = turnNumber(shard.state);
    const walk = this.#walkOf(shard, through);
    const nowMs = this.#ports.clock.nowMs();
    // The commit that folds it wakes us, and so does the relay that has published it.
    if (shard.isSweeping) return null;
    // What it brought goes out before more comes: live changes stand behind it in the same outbox, which need not ever be
    // empty under their own weight.
    const sinceMs = nowMs - walk.sentAtMs;
    if (shard.outboxDepth > 0 && walk.sentAtMs > 0 && sinceMs >= 0 && sinceMs < DRAIN_MS_MAX) {
      return DRAIN_MS_MAX - sinceMs;
    }
    if (walk.sentAtMs > 0) {
      // Half of the time is left to everything else.
      walk.restsUntilMs = nowMs + Math.min(Math.max(0, nowMs - walk.sentAtMs), REST_MS_MAX);
      walk.sentAtMs = 0;
    }
    const restMs = walk.restsUntilMs - nowMs;
    if (restMs > 0 && restMs <= REST_MS_MAX) return restMs;
    const { customerIds, isLast } = await this.#next(shard, walk);
    walk.sentAtMs = nowMs;
    const record = { kind: 'sweep', through, customerIds, isLast } as const;
    shard.isSweeping = true;
    await this.#parts.appender.append([
      { partition: shard.partition, wire: logRecordToWire(record) },
    ]);
    this.#ports.metrics.sweepCustomers.inc(customerIds.length);
    if (isLast) {
      this.#walks.delete(shard);
      const { partition } = shard;
      this.#parts.logger.info({ partition, through }, 'Everybody has been named in a sweep');
    }
    return null;
  }

  #walkOf(shard: Shard, through: number): Walk {
    const known = this.#walks.get(shard);
    if (known?.through === through) return known;
    const scan = this.#ports.store.scan(shard.partition)[Symbol.asyncIterator]();
    const walk = { through, scan, open: [], sentAtMs: 0, restsUntilMs: 0 };
    this.#walks.set(shard, walk);
    return walk;
  }

  async #next(
    shard: Shard,
    { scan, open }: Walk,
  ): Promise<{ readonly customerIds: readonly string[]; readonly isLast: boolean }> {
    const atMost = this.#settings.sweepCustomersMax;
    let isOver = false;
    while (open.length <= atMost && !isOver) {
      const step = await scan.next();
      isOver = step.done === true;
      if (step.done !== true) open.push(...standingBehind(shard, step.value));
    }
    const customerIds = open.splice(0, atMost);
    return { customerIds, isLast: isOver && open.length === 0 };
  }
}

/** While it catches up more may come of what is published; what it folds for the second time the log has already swept. */
function isBehind({ state, hasCaughtUp, rebuildLeft }: Shard): boolean {
  if (state.time === null || !hasCaughtUp || rebuildLeft > 0) return false;
  const { through, isDone } = state.swept;
  const newest = turnNumber(state);
  return newest > through || (newest === through && !isDone);
}

/**
 * Who has not passed the last turn. In data time clocks run apart, and one that is ahead says nothing. One whose clock is
 * the very instant may have had its last record before it.
 */
function standingBehind(
  { state }: Shard,
  batch: readonly (readonly [customerId: string, bytes: Uint8Array])[],
): readonly string[] {
  const setId = activeSet(state)?.id ?? null;
  const since = [...state.activations, ...state.calibrations].reduce(
    (max, turn) => Math.max(max, turn.since),
    Number.NEGATIVE_INFINITY,
  );
  return batch.flatMap(([customerId, bytes]) => {
    const { setId: ownSetId, clock } = openCustomer(bytes).head;
    const hasPassed = state.time === 'wall' && ownSetId === setId && clock > since;
    return hasPassed || clock === Number.NEGATIVE_INFINITY ? [] : [customerId];
  });
}

export interface PolicySweepParts {
  readonly shards: () => readonly Shard[];
  /** Rung after every commit and assignment. */
  readonly bell: Bell;
  readonly appender: LogAppender;
  readonly logger: Logger;
}
