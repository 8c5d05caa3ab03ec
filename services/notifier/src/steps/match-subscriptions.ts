import type { TierChangeType } from '@strata/domain';
import type { Direction, Subscription } from '../subscription.ts';

/** What a subscription may filter by. */
export interface MatchedChange {
  readonly type: TierChangeType;
  readonly toTier: string;
  readonly segment: string | null;
  readonly backfill: boolean;
}

export function directionOf(type: TierChangeType): Direction {
  switch (type) {
    case 'promoted':
      return 'up';
    case 'demoted':
    case 'withdrawn':
      return 'down';
    case 'assigned':
    case 'renewed':
    case 'at-risk':
      return 'none';
  }
}

/** The subscriptions that want this change, in the order of their source. */
export function matchSubscriptions(
  subscriptions: ReadonlyMap<string, Subscription>,
  change: MatchedChange,
): readonly Subscription[] {
  return [...subscriptions.values()].filter(
    ({ types, tiers, directions, segments, hasBackfill }) =>
      (types === null || types.includes(change.type)) &&
      (tiers === null || tiers.includes(change.toTier)) &&
      (directions === null || directions.includes(directionOf(change.type))) &&
      (segments === null || (change.segment !== null && segments.includes(change.segment))) &&
      (hasBackfill || !change.backfill),
  );
}
