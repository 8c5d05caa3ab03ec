import { TOPICS } from '@strata/contracts';
import { activeSet, type Instant } from '@strata/domain';
import type { DeliveryCounts } from '@strata/pipeline';
import { type PartitionView, viewPartitions } from '@strata/shard-state';
import { countLetters } from '../dead-letters/read-letters.ts';
import type { StackHandle } from './stack-handle.ts';

/** The state of a running stack in figures. */
export interface StackReport {
  readonly kind: StackHandle['kind'];
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
  /** Records of the customer log that are not folded yet. */
  readonly lagRecords: number;
  readonly outboxRecords: number;
  /** Partitions in which somebody is due at or before the clock. */
  readonly partitionsDue: number;
  /** The furthest clock of a partition, null before the first. */
  readonly clock: Instant | null;
  readonly deadLetters: number;
  readonly deliveries: DeliveryCounts;
  /** The set in force; null before the first. */
  readonly policySet: {
    readonly id: string;
    readonly policies: readonly { readonly name: string; readonly version: number }[];
  } | null;
}

export async function stackReport(stack: StackHandle): Promise<StackReport> {
  const [views, bounds, letters, deliveries] = await Promise.all([
    viewPartitions(stack.store, stack.partitions),
    stack.reader.bounds(TOPICS.customerLog),
    countLetters(stack),
    stack.lookAtDeliveries((queue) => queue.counts()),
  ]);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const clock = Math.max(...views.map(({ state }) => state.clock));
  const live = liveOf(views);
  const set = views.map(({ state }) => activeSet(state)).find((it) => it !== null) ?? null;
  return {
    kind: stack.kind,
    time: live?.partitions === stack.partitions ? 'wall' : stack.time,
    live,
    partitions: stack.partitions,
    customers: sum(views.map((view) => view.customerCount)),
    logRecords: sum(bounds.map(({ start, end }) => end - start)),
    lagRecords: sum(views.map((view, p) => Math.max(0, (bounds[p]?.end ?? 0) - view.next))),
    outboxRecords: sum(views.map((view) => view.outboxDepth)),
    partitionsDue: views.filter(
      ({ state, earliestDue }) => earliestDue !== null && earliestDue <= state.clock,
    ).length,
    clock: Number.isFinite(clock) ? clock : null,
    deadLetters: letters,
    deliveries,
    policySet: set && {
      id: set.id,
      policies: set.policies.map(({ name, version }) => ({ name, version })),
    },
  };
}

function liveOf(views: readonly PartitionView[]): StackReport['live'] {
  const all = views.map(({ state }) => state.live).filter((it) => it !== null);
  const [first] = all;
  if (first === undefined) return null;
  return { at: first.at, announceFrom: first.announceFrom, partitions: all.length };
}
