import { directionOf } from '@strata/contracts';
import type { TierChangeType } from '@strata/domain';
import type { Subscription } from '../subscription.ts';

/** What a subscription may filter by. */
export interface MatchedChange {
  readonly type: TierChangeType;
  readonly toTier: string;
  readonly segment: string | null;
  /** Rungs of the ladder between the tiers; null where nobody can say. */
  readonly steps: number | null;
  readonly backfill: boolean;
}

/** The subscriptions that want this change, in the order of their source. */
export function matchSubscriptions(
  subscriptions: ReadonlyMap<string, Subscription>,
  change: MatchedChange,
): readonly Subscription[] {
  return [...subscriptions.values()].filter((subscription) => isWanted(subscription, change));
}

function isWanted(subscription: Subscription, change: MatchedChange): boolean {
  const { types, tiers, directions, segments, hasBackfill } = subscription;
  return (
    (types === null || types.includes(change.type)) &&
    (tiers === null || tiers.includes(change.toTier)) &&
    (directions === null || directions.includes(directionOf(change.type))) &&
    (segments === null || (change.segment !== null && segments.includes(change.segment))) &&
    (hasBackfill || !change.backfill) &&
    isFarEnough(subscription, change)
  );
}

/**
 * Who asks for two rungs and more wants the large moves: what moves nobody comes only where its type is named. A
 * change of which nobody can say how far it leads comes: one too many is seen, one too few is not.
 */
function isFarEnough(
  { minimumSteps, types }: Subscription,
  { type, steps }: MatchedChange,
): boolean {
  if (minimumSteps <= 1) return true;
  if (directionOf(type) === 'none') return types !== null;
  return steps === null || steps >= minimumSteps;
}
