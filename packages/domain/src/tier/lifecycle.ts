import type { Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { Policy } from '../policy/policy.ts';
import { type Borders, rankByEnter, rankByLeave, rankOf, tierAt } from './ladder.ts';

/** What the rules say of a standing at an instant. */
export type Verdict =
  | { readonly kind: 'stays'; readonly graceSince: Instant | null }
  | { readonly kind: 'promoted'; readonly toTier: string }
  | { readonly kind: 'demoted'; readonly toTier: string };

/**
 * Hysteresis, grace, minimum stay and soft landing, at one instant with one score. Promotions are immediate. A
 * demotion comes at max(start of grace + grace, since + minimum stay) if the score stays under `leave` throughout;
 * the score is looked at first, so that a recovery at the very end of grace keeps the tier.
 */
export function judge(
  borders: Borders,
  standing: Standing,
  now: { readonly at: Instant; readonly scoreMilli: number },
): Verdict {
  const { policy } = borders;
  const rank = rankOf(policy, standing.tier);
  const higher = rankByEnter(borders, now.scoreMilli);
  if (higher > rank && !standing.isBlocked) {
    return { kind: 'promoted', toTier: tierAt(policy, higher) };
  }
  const target = rankByLeave(borders, now.scoreMilli, rank);
  if (target === rank) return { kind: 'stays', graceSince: null };
  const graceSince = standing.graceSince ?? now.at;
  if (now.at < demotionAt(policy, standing.since, graceSince)) return { kind: 'stays', graceSince };
  return { kind: 'demoted', toTier: tierAt(policy, landing(policy, rank, target)) };
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
