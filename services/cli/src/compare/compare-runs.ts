import { baseCurrencyOf, type Instant, type PolicySet } from '@strata/domain';
import type { Place, Places } from '../backtest/tier-rows.ts';
import { type Flow, flowBetween } from './flow.ts';
import { type NearBorders, nearBorders } from './near-borders.ts';
import type { Snapshot } from './snapshot.ts';
import { type Flapping, type MoveRates, mostFlapping, type TierMoves } from './tier-moves.ts';
import { type Workload, workloadOf } from './workload.ts';

/** What a run under one policy set leaves for a comparison. */
export interface ComparableRun {
  readonly set: PolicySet;
  readonly endAt: Instant;
  /** At each `--at` and, last, at the end. */
  readonly snapshots: readonly Snapshot[];
  readonly moves: TierMoves;
}

/** One of the two sets, and what it made of the customers by the end. */
export interface ComparedSide {
  readonly set: PolicySet;
  readonly currency: string;
  readonly snapshot: Snapshot;
  readonly rates: MoveRates;
  readonly near: NearBorders;
  readonly workload: Workload;
}

export interface Comparison {
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  /** At each `--at` and, last, at the end. */
  readonly flows: readonly Flow[];
  readonly flapping: readonly Flapping[];
}

/** Who flaps most is told by name, so that somebody can look at them; more of them say no more. */
const FLAPPING_MAX = 10;

export function compareRuns(first: ComparableRun, second: ComparableRun): Comparison {
  const sides = { first: sideOf(first), second: sideOf(second) };
  const flows = first.snapshots.flatMap((snapshot, index) => {
    const other = second.snapshots[index];
    if (other === undefined) return [];
    return [flowBetween({ set: first.set, snapshot }, { set: second.set, snapshot: other })];
  });
  const flapping = mostFlapping(sides.first.rates, sides.second.rates, FLAPPING_MAX);
  return { ...sides, flows, flapping };
}

function sideOf({ set, endAt, snapshots, moves }: ComparableRun): ComparedSide {
  const snapshot = snapshots.at(-1) ?? { at: endAt, readings: new Map(), borders: new Map() };
  return {
    set,
    currency: baseCurrencyOf(set),
    snapshot,
    rates: moves.rates(snapshot.readings.size, endAt),
    near: nearBorders(set, snapshot),
    workload: workloadOf(set, placesIn(snapshot)),
  };
}

function placesIn({ readings }: Snapshot): Places {
  return new Map([...readings].map(([id, { place }]): [string, Place | null] => [id, place]));
}
