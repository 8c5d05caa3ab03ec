import type { PromotionEntry, Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { Grading } from '../policy/grading.ts';
import { enterMilli, rankOf } from './ladder.ts';
import { moved } from './lifecycle.ts';

export interface Withdrawal {
  readonly promotion: PromotionEntry;
  /** The score taken again at the promotion's instant. */
  readonly scoreThenMilli: number;
  readonly standing: Standing;
}

/**
 * The promotions that a correction disproves, newest first, until one stands. A promotion stands when the corrected
 * order came after it, when it lies beyond the horizon, when an override holds its tier, when the present score would enter its tier, or when the
 * score taken again at its instant, over the orders as they are now, still enters it under the policy and the
 * calibration of that time.
 */
export function withdrawals(input: {
  readonly standing: Standing;
  readonly correctedOrderAt: Instant;
  readonly clock: Instant;
  readonly horizonMs: number;
  readonly present: Grading;
  /** Lowest rank that an override in force allows. */
  readonly lowestRank: number;
  readonly gradingOf: (promotion: PromotionEntry) => Grading;
}): readonly Withdrawal[] {
  const { clock, horizonMs, present, correctedOrderAt } = input;
  if (present.policy.lifecycle.onCorrection === 'keep') return [];
  const presentScoreMilli = present.scoreMilliAt(clock);
  const found: Withdrawal[] = [];
  let standing = input.standing;
  for (const promotion of input.standing.promotions.toReversed()) {
    if (correctedOrderAt > promotion.at || promotion.at < clock - horizonMs) break;
    if (rankOf(present.policy, promotion.fromTier) < input.lowestRank) break;
    const then = input.gradingOf(promotion);
    const borderMilli = enterMilli(then.yardstick, rankOf(then.policy, promotion.toTier));
    // Of several calibrations at one instant only the last is kept, and it may have found too little data.
    if (borderMilli === Infinity) break;
    if (presentScoreMilli >= borderMilli) break;
    const scoreThenMilli = then.scoreMilliAt(promotion.at);
    if (scoreThenMilli >= borderMilli) break;
    standing = {
      ...moved(standing, { toTier: promotion.fromTier, at: clock }),
      promotions: standing.promotions.slice(0, -1),
    };
    found.push({ promotion, scoreThenMilli, standing });
  }
  return found;
}
