import type { CustomerState } from './customer-state.ts';
import { type Deciding, type Recorded, tell } from './decide.ts';
import { judgeAt } from './tier/advance.ts';
import { intoRange } from './tier/into-range.ts';
import { termsOf } from './tier/terms.ts';

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
