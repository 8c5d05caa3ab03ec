import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@strata/contracts';
import { activeSet, type Instant, type PartitionState, turnNumber } from '@strata/domain';
import { type PartitionView, viewPartitions } from '@strata/shard-state';
import { type ShadowReport, shadowReport } from './shadow-report.ts';
import type { StackHandle } from './stack-handle.ts';

/** What the state and the log of a running stack say, beside what its services tell of themselves. */
export interface StackReport {
  readonly time: StackHandle['time'];
  /** How it came from data to wall time; null where it did not. */
  readonly live: {
    readonly at: Instant;
    readonly announceFrom: number | null;
    /** Fewer than all where the command was ended in between. */
    readonly partitions: number;
  } | null;
  readonly partitions: number;
  readonly customers: number;
  readonly logRecords: number;
  /** The set in force; null before the first. */
  readonly policySet: {
    readonly id: string;
    /** Number of its publication. */
    readonly number: number;
    readonly policies: readonly { readonly name: string; readonly version: number }[];
  } | null;
  readonly sweep: SweepReport;
  /** What is tried beside it. */
  readonly shadow: ShadowReport | null;
}

/** For so long a sweep that goes on is watched. */
const PACE_MS = 1_000;

/** How far everybody has passed what was published last. */
export interface SweepReport {
  /** Number of the newest publication that a partition has taken; 0 for none. */
  readonly number: number;
  /** Customers named so far. */
  readonly customers: number;
  readonly partitionsDone: number;
  readonly isDone: boolean;
  /** Customers named a second while this was looked at, and so about how long the rest takes; null where it is done. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

export async function stackReport(stack: StackHandle): Promise<StackReport> {
  const [views, bounds, shadow] = await Promise.all([
    viewPartitions(stack.store, stack.partitions),
    stack.reader.bounds(TOPICS.customerLog),
    shadowReport(stack),
  ]);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const live = liveOf(views);
  const set = views.map(({ state }) => activeSet(state)).find((it) => it !== null) ?? null;
  return {
    time: live?.partitions === stack.partitions ? 'wall' : stack.time,
    live,
    partitions: stack.partitions,
    customers: sum(views.map((view) => view.customerCount)),
    logRecords: sum(bounds.map(({ start, end }) => end - start)),
    policySet: set && {
      id: set.id,
      number: Math.max(...views.map(({ state }) => state.activations.at(-1)?.number ?? 0)),
      policies: set.policies.map(({ name, version }) => ({ name, version })),
    },
    sweep: await watchedSweep(stack, views),
    shadow,
  };
}

/** Looked at twice where it goes on, so that its pace is what it is now. */
async function watchedSweep(
  stack: Pick<StackHandle, 'store' | 'partitions'>,
  views: readonly PartitionView[],
): Promise<SweepReport> {
  const first = sweepReport(views.map(({ state }) => state));
  if (first.isDone) return first;
  const startedMs = performance.now();
  await delay(PACE_MS);
  const again = await viewPartitions(stack.store, stack.partitions);
  const seconds = (performance.now() - startedMs) / 1_000;
  const now = sweepReport(again.map(({ state }) => state));
  if (now.isDone || now.number !== first.number) return now;
  const perSecond = Math.max(0, now.customers - first.customers) / seconds;
  const total = again.reduce((sum, { customerCount }) => sum + customerCount, 0);
  const left = Math.max(0, total - now.customers);
  return { ...now, perSecond, secondsLeft: perSecond === 0 ? null : left / perSecond };
}

function sweepReport(partitions: readonly PartitionState[]): SweepReport {
  const number = Math.max(...partitions.map(turnNumber));
  const reached = partitions.filter(({ swept }) => swept.through === number);
  const partitionsDone = reached.filter(({ swept }) => swept.isDone).length;
  return {
    number,
    customers: reached.reduce((sum, { swept }) => sum + swept.customers, 0),
    partitionsDone,
    isDone: partitionsDone === partitions.length || number === 0,
    perSecond: null,
    secondsLeft: null,
  };
}

function liveOf(views: readonly PartitionView[]): StackReport['live'] {
  const all = views.map(({ state }) => state.live).filter((it) => it !== null);
  const [first] = all;
  if (first === undefined) return null;
  return { at: first.at, announceFrom: first.announceFrom, partitions: all.length };
}
