import { type Instant, type PolicySet, policyNamed } from '@strata/domain';
import { type Place, type Places, placeKey, placeOf, tierRows } from '../backtest/tier-rows.ts';
import type { Reading, Snapshot } from './snapshot.ts';

/** One set, and where it has everybody at one instant. */
export interface FlowSide {
  readonly set: PolicySet;
  readonly snapshot: Snapshot;
}

/** `rise` and `fall` by the ladder, `stay` in a tier of the same name, `other` where the two tiers have no order. */
export type Direction = 'rise' | 'fall' | 'stay' | 'other';

export interface FlowCell {
  readonly from: Place | null;
  readonly to: Place | null;
  readonly customers: number;
  /** What these customers bring, in the window and currency of each set. */
  readonly firstRevenueMinor: number;
  readonly secondRevenueMinor: number;
  readonly direction: Direction;
}

/** Customers by where the first set has them and where the second has them, at one instant. */
export interface Flow {
  readonly at: Instant;
  /** Of either set: who is in one only stands in no tier of the other. */
  readonly customers: number;
  /** Customers whose tier has another name. */
  readonly moved: number;
  /** Rows and columns of the table, highest tier first. */
  readonly from: readonly (Place | null)[];
  readonly to: readonly (Place | null)[];
  /** Every pair of a row and a column, also where nobody is, row by row. */
  readonly cells: readonly FlowCell[];
}

const NOBODY: Reading = { place: null, scoreMilli: null, revenueMinor: 0 };

export function flowBetween(first: FlowSide, second: FlowSide): Flow {
  const customers = new Set([
    ...first.snapshot.readings.keys(),
    ...second.snapshot.readings.keys(),
  ]);
  const firstPlaces = new Map<string, Place | null>();
  const secondPlaces = new Map<string, Place | null>();
  const sums = new Map<string, Sum>();
  let moved = 0;
  for (const customerId of customers) {
    const from = first.snapshot.readings.get(customerId) ?? NOBODY;
    const to = second.snapshot.readings.get(customerId) ?? NOBODY;
    firstPlaces.set(customerId, from.place);
    secondPlaces.set(customerId, to.place);
    if (from.place?.tier !== to.place?.tier) moved++;
    const key = pairKey(from.place, to.place);
    const sum = sums.get(key) ?? { customers: 0, firstRevenueMinor: 0, secondRevenueMinor: 0 };
    sums.set(key, {
      customers: sum.customers + 1,
      firstRevenueMinor: sum.firstRevenueMinor + from.revenueMinor,
      secondRevenueMinor: sum.secondRevenueMinor + to.revenueMinor,
    });
  }
  const rows = placesIn(first.set, firstPlaces);
  const columns = placesIn(second.set, secondPlaces);
  const cells = rows.flatMap((from) =>
    columns.map((to): FlowCell => {
      const sum = sums.get(pairKey(from, to));
      return { from, to, ...(sum ?? NONE), direction: directionOf(from, to, { first, second }) };
    }),
  );
  const { at } = first.snapshot;
  return { at, customers: customers.size, moved, from: rows, to: columns, cells };
}

/** The cells of those whom the second set has elsewhere, the most customers first. */
export function movesOf({ cells }: Flow): readonly FlowCell[] {
  return cells
    .filter(({ from, to, customers }) => customers > 0 && from?.tier !== to?.tier)
    .toSorted((a, b) => b.customers - a.customers);
}

interface Sum {
  readonly customers: number;
  readonly firstRevenueMinor: number;
  readonly secondRevenueMinor: number;
}

const NONE: Sum = { customers: 0, firstRevenueMinor: 0, secondRevenueMinor: 0 };

/** Keys of places hold one line break at most. */
function pairKey(from: Place | null, to: Place | null): string {
  return `${placeKey(from)}\n\n${placeKey(to)}`;
}

function placesIn(set: PolicySet, places: Places): readonly (Place | null)[] {
  return tierRows(set, places).map(placeOf);
}

/** Tiers are ordered by the ladder of the second policy, or by that of the first, whichever has both. */
function directionOf(
  from: Place | null,
  to: Place | null,
  { first, second }: { readonly first: FlowSide; readonly second: FlowSide },
): Direction {
  if (from?.tier === to?.tier) return 'stay';
  if (from === null || to === null) return 'other';
  const ladders = [
    policyNamed(second.set, to.policy)?.ladder,
    policyNamed(first.set, from.policy)?.ladder,
  ];
  const ladder = ladders.find((it) => it?.includes(from.tier) === true && it.includes(to.tier));
  if (ladder === undefined) return 'other';
  return ladder.indexOf(from.tier) < ladder.indexOf(to.tier) ? 'rise' : 'fall';
}
