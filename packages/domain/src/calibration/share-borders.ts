import type { Policy, ShareBorder } from '../policy/policy.ts';
import type { CalibratedTier } from './calibration.ts';

/** One customer whom the policy grades, by the borders of the calibration that is being made. */
export interface ScoredMember {
  readonly scoreMilli: number;
  readonly revenueMinor: number;
}

/**
 * Ranks everybody by score and cuts where the shares are reached. A tier holds at least the tiers above it, so its
 * group is the larger of its own and theirs. Which of equal scores comes first makes no difference: the border is a
 * score, and all who have it are in.
 */
export function shareBorders(
  policy: Policy,
  members: readonly ScoredMember[],
): readonly CalibratedTier[] {
  const { shares } = policy;
  if (shares === undefined) return [];
  const ranked = members.toSorted((a, b) => b.scoreMilli - a.scoreMilli);
  const revenueUpTo = runningRevenue(ranked);
  const total = revenueUpTo[ranked.length] as bigint;
  let taken = 0;
  return shares
    .toReversed()
    .map((share): CalibratedTier => {
      const size = groupSize(share, revenueUpTo);
      taken = Math.max(taken, size);
      const base = {
        ...share,
        policy: policy.name,
        population: ranked.length,
        revenueMinor: Number(total),
      };
      const last = ranked[taken - 1];
      if (size === 0 || last === undefined) return { ...base, border: null };
      const { scoreMilli } = last;
      const customers = countFrom(ranked, scoreMilli);
      const revenueMinor = Number(revenueUpTo[customers]);
      return { ...base, border: { scoreMilli, customers, revenueMinor } };
    })
    .toReversed();
}

/** The smallest number of the best that reaches the share; 0 for not enough data. */
function groupSize(share: ShareBorder, revenueUpTo: readonly bigint[]): number {
  const population = revenueUpTo.length - 1;
  if (population < Math.max(1, share.minimumPopulation)) return 0;
  if (share.of === 'population') return Math.ceil((population * share.shareMilli) / 1_000);
  const total = revenueUpTo[population] as bigint;
  if (total === 0n) return 0;
  const wanted = total * BigInt(share.shareMilli);
  return revenueUpTo.findIndex((revenue) => revenue * 1_000n >= wanted);
}

/** What the first k bring, for every k from 0 on. Whole, because sums of many may leave what a double can hold. */
function runningRevenue(ranked: readonly ScoredMember[]): readonly bigint[] {
  const revenueUpTo = [0n];
  for (const { revenueMinor } of ranked) {
    revenueUpTo.push((revenueUpTo.at(-1) as bigint) + BigInt(revenueMinor));
  }
  return revenueUpTo;
}

/** How many score at least this much. */
function countFrom(ranked: readonly ScoredMember[], scoreMilli: number): number {
  const below = ranked.findIndex((it) => it.scoreMilli < scoreMilli);
  return below === -1 ? ranked.length : below;
}
