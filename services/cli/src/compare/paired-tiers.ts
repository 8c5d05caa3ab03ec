import type { PolicySet } from '@strata/domain';
import { type Place, placeKey } from '../backtest/tier-rows.ts';

/** A tier of the first set beside the one that is called the same in the second; null on the side that has none. */
export interface TierPair<T> {
  readonly first: T | null;
  readonly second: T | null;
}

interface Placed {
  readonly place: Place;
}

/**
 * Rows of both sides, tier beside tier: those of the first in their order, then those that only the second has. Where each
 * set has one policy, tiers of one name belong together whatever the policies are called.
 */
export function pairedTiers<T extends Placed>(
  first: { readonly set: PolicySet; readonly rows: readonly T[] },
  second: { readonly set: PolicySet; readonly rows: readonly T[] },
): readonly TierPair<T>[] {
  const isByTier = [first, second].every(({ set }) => set.policies.length === 1);
  const keyOf = ({ place }: T): string => (isByTier ? place.tier : placeKey(place));
  const seconds = new Map(second.rows.map((row) => [keyOf(row), row]));
  const firsts = new Set(first.rows.map(keyOf));
  return [
    ...first.rows.map((row) => ({ first: row, second: seconds.get(keyOf(row)) ?? null })),
    ...second.rows
      .filter((row) => !firsts.has(keyOf(row)))
      .map((row) => ({ first: null, second: row })),
  ];
}
