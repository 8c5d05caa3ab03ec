import type { HealthReport } from '@strata/service-runtime';
import type { Shard } from './shard.ts';

/** A commit takes a second at most; a batch that stands still so long hangs, and only a restart frees its partition. */
const HANG_MS = 60_000;

/** What the scorer says of itself. A partition is named by its number; no customer is. */
export function reportHealth(state: {
  readonly hasFailed: boolean;
  readonly hasBeenAssigned: boolean;
  readonly shards: readonly Shard[];
  readonly publishedSetId: string | null;
  readonly nowMs: number;
}): HealthReport {
  const { hasFailed, hasBeenAssigned, shards, publishedSetId, nowMs } = state;
  const hangs = ({ workingSinceMs }: Shard): boolean =>
    workingSinceMs !== null && nowMs - workingSinceMs > HANG_MS;
  const reasons: string[] = [];
  const say = (sentence: string, which: (shard: Shard) => boolean): void => {
    const named = shards.filter(which).map(({ partition }) => partition);
    if (named.length > 0) reasons.push(`${sentence} (partitions ${named.join(', ')}).`);
  };
  if (!hasBeenAssigned) reasons.push('No partitions are assigned yet.');
  say('The log is still being caught up with', (shard) => !shard.hasCaughtUp);
  say(
    'The stack is not opened yet; "./strata up" does it',
    (shard) => shard.hasCaughtUp && shard.state.time === null,
  );
  say(
    'The published policy is not active yet',
    (shard) => publishedSetId !== null && shard.state.time !== null && shard.activeSet === null,
  );
  say('A batch hangs', hangs);
  return {
    isLive: !hasFailed && !shards.some(hangs),
    reasons,
    details: {
      policySet: publishedSetId,
      partitions: shards
        .toSorted((a, b) => a.partition - b.partition)
        .map((shard) => ({
          partition: shard.partition,
          next: shard.next,
          logEnd: shard.logEnd,
          lagRecords: shard.lag,
          clock: instantText(shard.state.clock),
          earliestDue: instantText(shard.earliestDue),
          outboxDepth: shard.outboxDepth,
          policySet: shard.activeSet?.id ?? null,
          epoch: shard.ledger.epoch,
          decisionHash: shard.ledger.decisionHash,
        })),
    },
  };
}

function instantText(instant: number | null): string | null {
  if (instant === null || !Number.isFinite(instant)) return null;
  return new Date(instant).toISOString();
}
