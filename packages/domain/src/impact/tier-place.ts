import type { CustomerView } from '../profile.ts';

/** A tier, of the ladder of a policy. */
export interface TierPlace {
  readonly policy: string;
  readonly tier: string;
}

/** Where a customer stands; null for one whom no policy grades. */
export function placeOf({ grading, state }: CustomerView): TierPlace | null {
  if (grading === null || state.standing === null) return null;
  return { policy: grading.policy.name, tier: state.standing.tier };
}
