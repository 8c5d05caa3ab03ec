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
  const rebuilt = shards.filter(({ rebuildLeft }) => rebuildLeft > 0);
  const total = rebuilt.reduce((sum, { rebuilding }) => sum + lengthOf(rebuilding), 0);
  const left = rebuilt.reduce((sum, { rebuildLeft }) => sum + rebuildLeft, 0);
  say(
    `The state was lost or went back and is folded again from the log, ${total - left} of ${total} records so far`,
    ({ rebuildLeft }) => rebuildLeft > 0,
  );
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
          rebuilding:
            shard.rebuildLeft === 0
              ? null
              : {
                  records: lengthOf(shard.rebuilding) - shard.rebuildLeft,
                  total: lengthOf(shard.rebuilding),
                },
          clock: instantText(shard.state.clock),
          earliestDue: instantText(shard.earliestDue),
          outboxDepth: shard.outboxDepth,
          policySet: shard.activeSet?.id ?? null,
          swept: shard.state.swept,
          epoch: shard.ledger.epoch,
          decisionHash: shard.ledger.decisionHash,
        })),
    },
  };
}

function lengthOf(rebuilding: Shard['rebuilding']): number {
  return rebuilding === null ? 0 : rebuilding.to - rebuilding.from;
}

function instantText(instant: number | null): string | null {
  if (instant === null || !Number.isFinite(instant)) return null;
  return new Date(instant).toISOString();
}
