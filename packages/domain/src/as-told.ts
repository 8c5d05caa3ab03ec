import type { PartitionState } from './fold-types.ts';
import { decidingPolicy } from './partition-state.ts';
import { isAnnounced, stepsBetween } from './policy/activation.ts';
import type { TierChange } from './tier/tier-change.ts';

/**
 * A change as it is told. What time alone brought about between the last mark and going live is old news: held back, or
 * announced as that record says. It follows from the change's own instant, never from when it was settled.
 */
export function asTold(partition: PartitionState, change: TierChange): TierChange {
  const { live } = partition;
  if (live === null || change.cause.kind !== 'time') return change;
  const { effectiveAt } = change;
  if (effectiveAt <= live.since || effectiveAt > live.at) return change;
  const steps = stepsBetween(decidingPolicy(partition, change), change);
  return isAnnounced(live.announceFrom, steps) ? change : { ...change, backfill: true };
}
