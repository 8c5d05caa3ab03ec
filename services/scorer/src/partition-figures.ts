import type { Shard } from './shard.ts';

/**
 * Where one owned partition stands at one instant. Health, metrics and whoever else asks are told these, so they agree.
 * Null is what is not known: nobody is told a figure of before for one of now.
 */
export interface PartitionFigures {
  readonly partition: number;
  readonly next: number;
  readonly logEnd: number | null;
  readonly lagRecords: number | null;
  /** Since the first record that is not folded lies in the log. */
  readonly lagSeconds: number | null;
  /** Since the last commit, or since records wait; 0 where none waits. */
  readonly stalledSeconds: number | null;
  /** Epoch milliseconds: everybody of the partition is settled up to then. */
  readonly clockMs: number | null;
  /** How long ago the first of those fell due who are due and not settled; 0 for nobody. */
  readonly overdueSeconds: number | null;
  /** Named in ticks that are not folded yet. */
  readonly tickingCustomers: number;
  readonly outboxRecords: number;
  readonly outboxSeconds: number;
  /** Number of the last output that was committed, over all topics. */
  readonly outputPosition: number;
  /** The same of the last that was published. */
  readonly publishedPosition: number;
  readonly rebuildLeft: number;
}

const SECOND_MS = 1_000;

export function figuresOf(shard: Shard, nowMs: number): PartitionFigures {
  const { partition, next, state, outboxDepth, ledger } = shard;
  const lag = shard.end.lagOf(next, nowMs);
  // A look says for how long records are known to wait, a batch in hand for how long its first one has.
  const inHandMs = shard.inHandSinceMs === null ? 0 : Math.max(0, nowMs - shard.inHandSinceMs);
  const waitMs = lag === null ? null : lag.records === 0 ? 0 : Math.max(lag.ms, inHandMs);
  return {
    partition,
    next,
    logEnd: lag?.end ?? null,
    lagRecords: lag?.records ?? null,
    lagSeconds: secondsOf(waitMs),
    stalledSeconds: lag === null ? null : secondsOf(stalledMs(shard, lag, nowMs)),
    clockMs: Number.isFinite(state.clock) ? state.clock : null,
    overdueSeconds: secondsOf(overdueMs(shard, nowMs)),
    tickingCustomers: shard.ticking.size,
    outboxRecords: outboxDepth,
    outboxSeconds: outboxDepth === 0 ? 0 : shard.outboxAge.ms(nowMs) / SECOND_MS,
    outputPosition: ledger.position,
    publishedPosition: Math.max(0, ledger.position - outboxDepth),
    rebuildLeft: shard.rebuildLeft,
  };
}

function stalledMs(
  { lastCommitMs }: Shard,
  lag: { readonly records: number; readonly ms: number },
  nowMs: number,
): number {
  return lag.records === 0 ? 0 : Math.max(0, Math.min(lag.ms, nowMs - lastCommitMs));
}

/** In the time of the partition: in data time by its own clock, which moves with the events alone. */
function overdueMs(shard: Shard, nowMs: number): number | null {
  const { earliestDue, state } = shard;
  if (state.time === null || earliestDue === null) return 0;
  // The due index is to be asked again before it is known.
  if (!Number.isFinite(earliestDue)) return null;
  return Math.max(0, shard.dueHorizon(nowMs) - earliestDue);
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / SECOND_MS;
}
