import type { StrataError } from '@strata/pipeline';
import type { HealthReport } from '@strata/service-runtime';
import { figuresOf, type PartitionFigures } from './partition-figures.ts';
import type { Shard } from './shard.ts';

/** Nobody has to be told of what passes within a minute. */
const WAITS_SECONDS_MAX = 60;

export interface ScorerStanding {
  readonly hasFailed: boolean;
  readonly hasBeenAssigned: boolean;
  readonly shards: readonly Shard[];
  /** By partition, why it is not read. */
  readonly halted: ReadonlyMap<number, StrataError>;
  readonly publishedSetId: string | null;
  /** Partitions that the group has given to this process and that it does not own, nor has halted. */
  readonly awaited: readonly number[];
  /** Of the customer log, whoever owns them; null before the first assignment. */
  readonly logPartitions: number | null;
  readonly nowMs: number;
}

/** What the scorer says of itself. A partition is named by its number; no customer is. */
export function reportHealth(standing: ScorerStanding): HealthReport {
  const { hasFailed, shards, halted, publishedSetId, awaited, logPartitions, nowMs } = standing;
  const figures = shards.map((shard) => figuresOf(shard, nowMs));
  return {
    isLive: !hasFailed,
    reasons: [
      ...assignmentReasons(standing),
      ...stateReasons(shards, publishedSetId),
      ...waitReasons(figures),
      ...[...halted.values()].map(({ message }) => `A partition is halted: ${message}`),
    ],
    details: {
      policySet: publishedSetId,
      logPartitions,
      awaited,
      halted: [...halted].map(([partition, { code }]) => ({ partition, code })),
      partitions: shards
        .map((shard, n) => ({ ...figures[n], ...detailsOf(shard) }))
        .toSorted((a, b) => a.partition - b.partition),
    },
  };
}

function assignmentReasons({ hasBeenAssigned, awaited }: ScorerStanding): string[] {
  if (!hasBeenAssigned) return ['No partitions are assigned yet.'];
  return reasonOf('Partitions could not be taken yet; does Redis answer?', awaited);
}

function stateReasons(shards: readonly Shard[], publishedSetId: string | null): string[] {
  const say = (sentence: string, which: (shard: Shard) => boolean): string[] =>
    reasonOf(sentence, shards.filter(which).map(partitionOf));
  const rebuilt = shards.filter(({ rebuildLeft }) => rebuildLeft > 0);
  const total = rebuilt.reduce((sum, { rebuilding }) => sum + lengthOf(rebuilding), 0);
  const left = rebuilt.reduce((sum, { rebuildLeft }) => sum + rebuildLeft, 0);
  return [
    ...say(
      `The state was lost or went back and is folded again from the log, ${total - left} of ${total} records so far`,
      ({ rebuildLeft }) => rebuildLeft > 0,
    ),
    ...say('The log is still being caught up with', (shard) => !shard.hasCaughtUp),
    ...say(
      'The stack is not opened yet; "./strata up" does it',
      (shard) => shard.hasCaughtUp && shard.state.time === null,
    ),
    ...say(
      'The published policy is not active yet',
      (shard) => publishedSetId !== null && shard.state.time !== null && shard.activeSet === null,
    ),
  ];
}

function waitReasons(figures: readonly PartitionFigures[]): string[] {
  const say = (sentence: string, read: (of: PartitionFigures) => number | null): string[] => {
    const late = figures.filter((of) => (read(of) ?? 0) > WAITS_SECONDS_MAX);
    return reasonOf(`${sentence} for more than a minute`, late.map(partitionOf));
  };
  return [
    ...reasonOf(
      'The log has not said for long where it ends, so the lag is not known; does the broker answer?',
      figures.filter(({ lagRecords }) => lagRecords === null).map(partitionOf),
    ),
    ...say('Records wait, and none was committed', ({ stalledSeconds }) => stalledSeconds),
    ...say('Outputs have waited to be published', ({ outboxSeconds }) => outboxSeconds),
    ...say('Somebody has been due and is not settled', ({ overdueSeconds }) => overdueSeconds),
  ];
}

function partitionOf({ partition }: { readonly partition: number }): number {
  return partition;
}

function reasonOf(sentence: string, partitions: readonly number[]): string[] {
  return partitions.length === 0 ? [] : [`${sentence} (partitions ${partitions.join(', ')}).`];
}

function detailsOf(shard: Shard) {
  const { partition, rebuilding, rebuildLeft, state, earliestDue, activeSet, ledger } = shard;
  const total = lengthOf(rebuilding);
  return {
    partition,
    rebuilding: rebuildLeft === 0 ? null : { records: total - rebuildLeft, total },
    clock: instantText(state.clock),
    earliestDue: instantText(earliestDue),
    policySet: activeSet?.id ?? null,
    swept: state.swept,
    epoch: ledger.epoch,
    seqs: ledger.seqs,
    decisionHash: ledger.decisionHash,
  };
}

function lengthOf(rebuilding: Shard['rebuilding']): number {
  return rebuilding === null ? 0 : rebuilding.to - rebuilding.from;
}

function instantText(instant: number | null): string | null {
  if (instant === null || !Number.isFinite(instant)) return null;
  return new Date(instant).toISOString();
}
