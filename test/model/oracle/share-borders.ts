import { DAY_MS, type Instant, type ShareBorder } from '@strata/domain';

import type { NaivePolicy } from './grammar.ts';
import type { History } from './history.ts';
import { revenueAt } from './purchases.ts';
import { scoreAt } from './score.ts';

interface Member {
  readonly scoreMilli: number;
  readonly revenueMinor: number;
}

/** A policy whose borders are shares, with the scores that these come to among those whom it grades. */
export function bordered(
  policy: NaivePolicy,
  histories: readonly History[],
  at: Instant,
): NaivePolicy {
  const { shares } = policy;
  if (shares === undefined) return policy;
  const windowMs =
    policy.dimensions.flatMap((it) => (it.of === 'revenue' ? [it.windowMs] : []))[0] ??
    365 * DAY_MS;
  const members = histories.map((history) => ({
    scoreMilli: scoreAt(policy, history, at),
    revenueMinor: revenueAt(history, at, windowMs),
  }));
  // A tier holds all that the tiers above it hold, whatever its own share comes to.
  let above = Number.POSITIVE_INFINITY;
  const borders = shares.toReversed().map((share) => {
    const own = borderOf(share, members);
    if (own === null) return { tier: share.tier, enterMilli: null, leaveMilli: null };
    above = Math.min(above, own);
    return { tier: share.tier, enterMilli: above, leaveMilli: above };
  });
  return { ...policy, borders: borders.toReversed() };
}

/** The score of the last one who is needed, from the best down; null for not enough data. */
function borderOf(share: ShareBorder, members: readonly Member[]): number | null {
  if (members.length < share.minimumPopulation || members.length === 0) return null;
  const weightOf = ({ revenueMinor }: Member): number =>
    share.of === 'revenue' ? revenueMinor : 1;
  const total = members.reduce((sum, member) => sum + weightOf(member), 0);
  if (total === 0) return null;
  let reached = 0;
  for (const member of members.toSorted((a, b) => b.scoreMilli - a.scoreMilli)) {
    reached += weightOf(member);
    if (reached * 1_000 >= share.shareMilli * total) return member.scoreMilli;
  }
  throw new Error('all together are always enough');
}
