import {
  type Calibration,
  calibrationImpact,
  type Instant,
  type PolicySet,
  policyNamed,
  type TierPlace,
} from '@strata/domain';
import type { CommandContext } from '../command.ts';
import type { StackPicture } from './read-stack.ts';
import { everybody } from './take-census.ts';
import { calibrateTexts } from './texts.ts';

export interface Way {
  readonly policy: string;
  readonly from: string;
  readonly to: string;
  readonly customers: number;
}

/** Whom a calibration moves, of everybody whom the set grades. */
export interface CustomersMoved {
  readonly graded: number;
  readonly moved: number;
  readonly up: number;
  readonly down: number;
  /** In the order of the set and its ladders. */
  readonly ways: readonly Way[];
}

/** Customer by customer over the same states that the calibration was made of. */
export async function countMoved(
  picture: StackPicture,
  by: { readonly set: PolicySet; readonly calibration: Calibration; readonly at: Instant },
  context: CommandContext,
): Promise<CustomersMoved> {
  const { set, calibration, at } = by;
  const label = calibrateTexts(context.language).comparing;
  const ways = new Map<string, { -readonly [K in keyof Way]: Way[K] }>();
  let graded = 0;
  await everybody(picture, { context, label }, ({ customerId, state, partition }) => {
    const query = { partition: partition.state, customerId, state, at };
    const { before, after } = calibrationImpact(query, calibration);
    if (after === null) return;
    graded += 1;
    if (before === null || isSame(before, after)) return;
    const way = { policy: after.policy, from: before.tier, to: after.tier };
    const key = JSON.stringify(way);
    const known = ways.get(key);
    if (known === undefined) ways.set(key, { ...way, customers: 1 });
    else known.customers += 1;
  });
  const rankOf = ({ policy }: Way, tier: string): number =>
    policyNamed(set, policy)?.ladder.indexOf(tier) ?? -1;
  const placeOf = ({ policy }: Way): number =>
    set.policies.findIndex(({ name }) => name === policy);
  const sorted = [...ways.values()].toSorted(
    (x, y) =>
      placeOf(x) - placeOf(y) ||
      rankOf(x, x.from) - rankOf(y, y.from) ||
      rankOf(x, x.to) - rankOf(y, y.to),
  );
  const sum = (those: readonly Way[]): number =>
    those.reduce((total, { customers }) => total + customers, 0);
  const up = sum(sorted.filter((it) => rankOf(it, it.to) > rankOf(it, it.from)));
  const moved = sum(sorted);
  return { graded, moved, up, down: moved - up, ways: sorted };
}

function isSame(before: TierPlace, after: TierPlace): boolean {
  return before.policy === after.policy && before.tier === after.tier;
}
