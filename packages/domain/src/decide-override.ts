import type { CustomerState, Standing } from './customer-state.ts';
import { type Deciding, type Recorded, tell } from './decide.ts';
import { judgeAt, type OnFinding } from './tier/advance.ts';
import { rankOf, tierAt } from './tier/ladder.ts';
import { moved } from './tier/lifecycle.ts';
import { allowedRanks, nearestRank } from './tier/override.ts';
import { type Terms, termsOf } from './tier/terms.ts';

/**
 * Decides after a person has set an override or cleared it; `state.override` holds what is so now, `state.clock` is
 * the instant of the record. Who stands outside the range moves into it at once, and then the rules are asked as
 * ever. Where an override ends a fall is looked at, whatever the qualification: what it held was not qualified for.
 */
export function decideOverride(
  deciding: Deciding,
  state: CustomerState,
  { isEnd, ...recorded }: Recorded & { readonly isEnd: boolean },
): CustomerState {
  if (state.standing === null) return state;
  const at = state.clock;
  const terms = termsOf(deciding.grading, state);
  const telling = tell(deciding, state, { kind: 'override', ...recorded });
  const { onFinding } = telling;
  const forced = intoRange(terms, state.standing, { at, onFinding });
  const standing = judgeAt(terms, forced, { at, onFinding, isLook: isEnd });
  return { ...state, standing, seq: telling.seq() };
}

/**
 * No grace and no minimum stay hold against a person's decision. What was promoted before is history: a correction
 * withdraws what the score gave, and this the score did not give. The block of a landing at the base stays.
 */
function intoRange(
  { grading: { policy }, override }: Terms,
  standing: Standing,
  { at, onFinding }: { readonly at: number; readonly onFinding: OnFinding },
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
