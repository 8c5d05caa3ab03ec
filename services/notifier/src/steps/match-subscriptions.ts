import type { TierChangeType } from '@strata/domain';
import type { Direction, Subscription } from '../subscriptions.ts';

/** What a subscription may filter by. */
export interface MatchedChange {
  readonly type: TierChangeType;
  readonly toTier: string;
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

/** The subscriptions that want this change, in the order of the file. */
export function matchSubscriptions(
  subscriptions: readonly Subscription[],
  change: MatchedChange,
): readonly Subscription[] {
  return subscriptions.filter(
    ({ types, tiers, directions, hasBackfill }) =>
      (types === null || types.includes(change.type)) &&
      (tiers === null || tiers.includes(change.toTier)) &&
      (directions === null || directions.includes(directionOf(change.type))) &&
      (hasBackfill || !change.backfill),
  );
}
