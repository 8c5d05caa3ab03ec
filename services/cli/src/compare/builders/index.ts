import type { Border, PolicySet, TierChange } from '@strata/domain';
import { parsePolicyFile } from '@strata/policy-file';
import type { ComparableRun } from '../compare-runs.ts';
import type { Reading, Snapshot } from '../snapshot.ts';
import { TierMoves } from '../tier-moves.ts';

export const DAY = 86_400_000;
export const END = Date.UTC(2026, 0, 1);

interface SetShape {
  readonly policy?: string;
  readonly ladder?: string;
  readonly tiers?: string;
  readonly more?: string;
  readonly currency?: string;
}

/** A set of one policy: bronze, silver from 100 (left under 90), gold from 200 (left under 180). */
export function aSet(shape: SetShape = {}): PolicySet {
  const text = `{policy: ${shape.policy ?? 'shop'}, version: 1, base_currency: ${shape.currency ?? 'CNY'},
    ladder: ${shape.ladder ?? '[bronze, silver, gold]'},
    dimensions: {n: {of: revenue, window: 365d}}, score: {n: 1},
    tiers: ${shape.tiers ?? '{silver: {enter: 100, leave: 90}, gold: {enter: 200, leave: 180}}'}${shape.more ?? ''}}`;
  const parsed = parsePolicyFile(text, { file: 'made-up.yaml' });
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return parsed.set;
}

/** `[customer, tier, score, revenue]`; a tier of null is a customer whom nothing grades. */
export type Row = readonly [id: string, tier: string | null, score: number, revenueMinor: number];

export function aSnapshot(set: PolicySet, rows: readonly Row[], at = END): Snapshot {
  const policy = set.policies[0]?.name ?? '';
  const readings = rows.map(([id, tier, score, revenueMinor]): [string, Reading] => [
    id,
    tier === null
      ? { place: null, scoreMilli: null, revenueMinor }
      : { place: { policy, tier }, scoreMilli: score * 1_000, revenueMinor },
  ]);
  const borders: readonly Border[] = set.policies[0]?.borders ?? [];
  return { at, readings: new Map(readings), borders: new Map([[policy, borders]]) };
}

/** What of a tier change a comparison looks at: `[customer, type, from, to, day before the end]`. */
export type Move = readonly [
  id: string,
  type: TierChange['type'],
  from: string | null,
  to: string,
  daysBeforeEnd: number,
];

export function someMoves(moves: readonly Move[]): TierMoves {
  const gathered = new TierMoves();
  for (const [customerId, type, fromTier, toTier, daysBeforeEnd] of moves) {
    const effectiveAt = END - daysBeforeEnd * DAY;
    gathered.add({ customerId, type, fromTier, toTier, fromPolicy: null, effectiveAt });
  }
  return gathered;
}

export function aRun(
  set: PolicySet,
  rows: readonly Row[],
  moves: readonly Move[] = [],
): ComparableRun {
  return { set, endAt: END, snapshots: [aSnapshot(set, rows)], moves: someMoves(moves) };
}
