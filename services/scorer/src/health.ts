import type { StrataError } from '@strata/pipeline';
import type { HealthReport } from '@strata/service-runtime';
import type { Shard } from './shard.ts';

/** What the scorer says of itself. A partition is named by its number; no customer is. */
export function reportHealth(state: {
  readonly hasFailed: boolean;
  readonly hasBeenAssigned: boolean;
  readonly shards: readonly Shard[];
  /** By partition, why it is not read. */
  readonly halted: ReadonlyMap<number, StrataError>;
  readonly publishedSetId: string | null;
}): HealthReport {
  const { hasFailed, hasBeenAssigned, shards, halted, publishedSetId } = state;
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
  for (const { message } of halted.values()) reasons.push(`A partition is halted: ${message}`);
  return {
    isLive: !hasFailed,
    reasons,
    details: {
      policySet: publishedSetId,
      halted: [...halted].map(([partition, { code }]) => ({ partition, code })),
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
