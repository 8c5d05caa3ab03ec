import type { Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { Policy } from '../policy/policy.ts';
import { rankByEnter, rankByLeave, rankOf, tierAt } from './ladder.ts';
import { allowedRanks } from './override.ts';
import type { Terms } from './terms.ts';

/** What the rules say of a standing at an instant. */
export type Verdict =
  | { readonly kind: 'stays'; readonly graceSince: Instant | null }
  | { readonly kind: 'promoted'; readonly toTier: string }
  | { readonly kind: 'demoted'; readonly toTier: string };

/** An instant, its score, and whether a fall is looked at there; `rolling` always looks. */
export interface Now {
  readonly at: Instant;
  readonly scoreMilli: number;
  readonly isLook: boolean;
}

/**
 * Hysteresis, grace, minimum stay, soft landing and override, at one instant with one score. Promotions are
 * immediate. Grace starts where a fall is looked at. A demotion comes at max(start of grace + grace, since + minimum
 * stay) if the score stays under `leave` throughout; the score is looked at first, so that a recovery at the very
 * end of grace keeps the tier.
 */
export function judge(terms: Terms, standing: Standing, now: Now): Verdict {
  const { policy, yardstick } = terms.grading;
  const rank = rankOf(policy, standing.tier);
  const allowed = allowedRanks(policy, terms.override, now.at);
  const higher = Math.min(rankByEnter(yardstick, now.scoreMilli), allowed.highest);
  if (higher > rank && !standing.isBlocked) {
    return { kind: 'promoted', toTier: tierAt(policy, higher) };
  }
  if (!isFalling(terms, standing, now)) return { kind: 'stays', graceSince: null };
  const looks = now.isLook || policy.lifecycle.qualification === 'rolling';
  const graceSince = standing.graceSince ?? (looks ? now.at : null);
  if (graceSince === null || now.at < demotionAt(policy, standing.since, graceSince)) {
    return { kind: 'stays', graceSince };
  }
  const target = landing(policy, rank, rankByLeave(yardstick, now.scoreMilli, rank));
  return { kind: 'demoted', toTier: tierAt(policy, Math.max(target, allowed.lowest)) };
}

/** Whether the score is under `leave` and nothing but time holds the tier. */
export function isFalling(
  { grading: { policy, yardstick }, override }: Terms,
  standing: Standing,
  { at, scoreMilli }: Pick<Now, 'at' | 'scoreMilli'>,
): boolean {
  const rank = rankOf(policy, standing.tier);
  if (rank <= allowedRanks(policy, override, at).lowest) return false;
  return rankByLeave(yardstick, scoreMilli, rank) < rank;
}

/** When a demotion comes if the score stays under `leave` from `graceSince` on. */
export function demotionAt(policy: Policy, since: Instant, graceSince: Instant): Instant {
  const { graceMs, minimumStayMs } = policy.lifecycle;
  return Math.max(graceSince + graceMs, since + minimumStayMs);
}

function landing(policy: Policy, rank: number, target: number): number {
  switch (policy.lifecycle.softLanding) {
    case 'one':
      return rank - 1;
    case 'target':
      return target;
    case 'base':
      return 0;
  }
}

/** A standing after a change of tier: the clocks start again. */
export function moved(
  standing: Standing,
  move: { readonly toTier: string; readonly at: Instant; readonly isBlocked?: boolean },
): Standing {
  return {
    ...standing,
    tier: move.toTier,
    since: move.at,
    graceSince: null,
    isBlocked: move.isBlocked ?? false,
    isWarned: false,
  };
}

/** Equal graces keep the same object, so that a look that finds nothing new changes nothing. */
export function withGrace(standing: Standing, graceSince: Instant | null): Standing {
  return standing.graceSince === graceSince ? standing : { ...standing, graceSince };
}

/** Blocked at the base until the customer's next event. */
export function isBlockedAfter(policy: Policy): boolean {
  return policy.lifecycle.softLanding === 'base';
}
