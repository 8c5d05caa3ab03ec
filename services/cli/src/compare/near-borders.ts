import type { Policy, PolicySet } from '@strata/domain';
import type { Snapshot } from './snapshot.ts';

/** How near a border is "at the border": this share of the score that the highest tier asks for. */
export const NEAR_SHARE = 0.02;

/** Who stands so near to a border of a tier that a little moves them. */
export interface NearBorder {
  readonly policy: string;
  readonly tier: string;
  readonly enterMilli: number;
  readonly leaveMilli: number;
  readonly distanceMilli: number;
  /** In a lower tier, with a score so far below `enter` at most. */
  readonly belowEnter: number;
  /** In the tier, with a score so far from `leave` at most, on either side: below it grace runs. */
  readonly atLeave: number;
}

export interface NearBorders {
  /** Highest tier first, policy by policy; a border that a calibration has not found has no row. */
  readonly borders: readonly NearBorder[];
  /** Each counted once, though two borders may be near. */
  readonly customers: number;
}

export function nearBorders({ policies }: PolicySet, snapshot: Snapshot): NearBorders {
  const near = new Set<string>();
  const borders = policies.flatMap((policy) => bordersNear(policy, snapshot, near));
  return { borders, customers: near.size };
}

function bordersNear(
  policy: Policy,
  { readings, borders }: Snapshot,
  near: Set<string>,
): readonly NearBorder[] {
  const own = borders.get(policy.name) ?? [];
  const highest = own.at(-1)?.enterMilli ?? 0;
  const distanceMilli = Math.round(Math.abs(highest) * NEAR_SHARE);
  const rows = own.map((it) => ({ ...it, policy: policy.name, belowEnter: 0, atLeave: 0 }));
  for (const [customerId, { place, scoreMilli }] of readings) {
    if (place?.policy !== policy.name || scoreMilli === null) continue;
    const rank = policy.ladder.indexOf(place.tier);
    for (const row of rows) {
      const below = row.enterMilli - scoreMilli;
      const isBelow = rank < policy.ladder.indexOf(row.tier) && below > 0 && below <= distanceMilli;
      const isAtLeave =
        place.tier === row.tier && Math.abs(scoreMilli - row.leaveMilli) <= distanceMilli;
      if (isBelow) row.belowEnter++;
      if (isAtLeave) row.atLeave++;
      if (isBelow || isAtLeave) near.add(customerId);
    }
  }
  return rows.map((row) => ({ ...row, distanceMilli })).toReversed();
}
