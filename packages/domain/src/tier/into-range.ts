import type { Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { OnFinding } from './advance.ts';
import { rankOf, tierAt } from './ladder.ts';
import { moved } from './lifecycle.ts';
import { allowedRanks, nearestRank } from './override.ts';
import type { Terms } from './terms.ts';

/**
 * Moves whoever stands outside what an override allows into it. No grace and no minimum stay hold against a person's
 * decision. What was promoted before is history: a correction withdraws what the score gave, and this the score did not
 * give. The block of a landing at the base stays.
 */
export function intoRange(
  { grading: { policy }, override }: Terms,
  standing: Standing,
  { at, onFinding }: { readonly at: Instant; readonly onFinding: OnFinding },
): Standing {
  const rank = rankOf(policy, standing.tier);
  const allowed = nearestRank(allowedRanks(policy, override, at), rank);
  if (allowed === rank) return standing;
  const fromTier = standing.tier;
  const toTier = tierAt(policy, allowed);
  const after = {
    ...moved(standing, { toTier, at, isBlocked: standing.isBlocked }),
    promotions: [],
  };
  onFinding({ type: allowed > rank ? 'promoted' : 'demoted', at, fromTier, toTier }, after);
  return after;
}
