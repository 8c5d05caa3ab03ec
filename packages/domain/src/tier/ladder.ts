import type { CalibratedTier } from '../calibration/calibration.ts';
import type { Yardstick } from '../policy/grading.ts';
import type { Border, Policy } from '../policy/policy.ts';

/** What borders are read from: scores stand in the policy, shares become scores by a calibration. */
export type Borders = Pick<Yardstick, 'policy' | 'calibration'>;

/** Rank of a tier in its ladder, 0 the lowest. A tier that the policy does not know ranks lowest. */
export function rankOf(policy: Policy, tier: string): number {
  return Math.max(0, policy.ladder.indexOf(tier));
}

export function tierAt(policy: Policy, rank: number): string {
  return policy.ladder[rank] as string;
}

/** Score to enter the tier of this rank; the lowest is always open, a share without a border to nobody. */
export function enterMilli({ policy, calibration }: Borders, rank: number): number {
  if (rank === 0 || policy.shares === undefined) {
    return policy.borders[rank - 1]?.enterMilli ?? -Infinity;
  }
  return calibratedTier({ policy, calibration }, rank)?.border?.scoreMilli ?? Infinity;
}

/** Score under which the tier of this rank is left; the lowest never is, nor is one whose share has no border. */
export function leaveMilli({ policy, calibration }: Borders, rank: number): number {
  if (rank === 0 || policy.shares === undefined) {
    return policy.borders[rank - 1]?.leaveMilli ?? -Infinity;
  }
  return calibratedTier({ policy, calibration }, rank)?.border?.scoreMilli ?? -Infinity;
}

/** The borders of all tiers above the lowest, in ladder order; those that a share has not found are left out. */
export function bordersOf(borders: Borders): readonly Border[] {
  const [, ...upper] = borders.policy.ladder;
  return upper.flatMap((tier, index): readonly Border[] => {
    const enter = enterMilli(borders, index + 1);
    return Number.isFinite(enter)
      ? [{ tier, enterMilli: enter, leaveMilli: leaveMilli(borders, index + 1) }]
      : [];
  });
}

/** What the calibration says of the tier of this rank; undefined before the first. */
export function calibratedTier(
  { policy, calibration }: Borders,
  rank: number,
): CalibratedTier | undefined {
  const tier = tierAt(policy, rank);
  return calibration?.tiers?.find((it) => it.policy === policy.name && it.tier === tier);
}

/** The highest rank whose `enter` is met. */
export function rankByEnter(borders: Borders, scoreMilli: number): number {
  let rank = borders.policy.ladder.length - 1;
  while (rank > 0 && scoreMilli < enterMilli(borders, rank)) rank--;
  return rank;
}

/** The highest rank at or below `from` whose `leave` is met: hysteresis keeps a customer between the two borders. */
export function rankByLeave(borders: Borders, scoreMilli: number, from: number): number {
  let rank = from;
  while (rank > 0 && scoreMilli < leaveMilli(borders, rank)) rank--;
  return rank;
}
