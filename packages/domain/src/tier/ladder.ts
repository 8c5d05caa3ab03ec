import type { Policy } from '../policy/policy.ts';

/** Rank of a tier in its ladder, 0 the lowest. A tier that the policy does not know ranks lowest. */
export function rankOf(policy: Policy, tier: string): number {
  return Math.max(0, policy.ladder.indexOf(tier));
}

export function tierAt(policy: Policy, rank: number): string {
  return policy.ladder[rank] as string;
}

/** Score to enter the tier of this rank; the lowest is always open. */
export function enterMilli(policy: Policy, rank: number): number {
  return policy.borders[rank - 1]?.enterMilli ?? -Infinity;
}

/** Score under which the tier of this rank is left; the lowest never is. */
export function leaveMilli(policy: Policy, rank: number): number {
  return policy.borders[rank - 1]?.leaveMilli ?? -Infinity;
}

/** The highest rank whose `enter` is met. */
export function rankByEnter(policy: Policy, scoreMilli: number): number {
  let rank = policy.ladder.length - 1;
  while (rank > 0 && scoreMilli < enterMilli(policy, rank)) rank--;
  return rank;
}

/** The highest rank at or below `from` whose `leave` is met: hysteresis keeps a customer between the two borders. */
export function rankByLeave(policy: Policy, scoreMilli: number, from: number): number {
  let rank = from;
  while (rank > 0 && scoreMilli < leaveMilli(policy, rank)) rank--;
  return rank;
}
