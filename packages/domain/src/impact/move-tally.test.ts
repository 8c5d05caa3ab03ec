import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aPolicy, aPolicySet } from '../builders/index.ts';
import { type Move, type MoveKind, MoveTally, moveKind } from './move-tally.ts';
import type { TierPlace } from './tier-place.ts';

const set = aPolicySet(
  aPolicy({ name: 'shop', ladder: ['bronze', 'silver', 'gold'] }),
  aPolicy({ name: 'leads', appliesTo: 'prospects', ladder: ['cold', 'hot'] }),
);

const shop = (tier: string): TierPlace => ({ policy: 'shop', tier });
const leads = (tier: string): TierPlace => ({ policy: 'leads', tier });

const cases: readonly {
  before: TierPlace | null;
  after: TierPlace | null;
  kind: MoveKind;
  why: string;
}[] = [
  { before: shop('silver'), after: shop('silver'), kind: 'stayed', why: 'the same tier' },
  { before: shop('bronze'), after: shop('gold'), kind: 'promoted', why: 'up the new ladder' },
  { before: shop('gold'), after: shop('silver'), kind: 'demoted', why: 'down the new ladder' },
  { before: shop('platinum'), after: shop('gold'), kind: 'assigned', why: 'its tier is gone' },
  { before: leads('hot'), after: shop('bronze'), kind: 'assigned', why: 'another policy' },
  { before: null, after: shop('bronze'), kind: 'assigned', why: 'nobody graded it before' },
  { before: shop('gold'), after: null, kind: 'released', why: 'nobody grades it any more' },
  { before: null, after: null, kind: 'stayed', why: 'nobody graded it, and nobody does' },
];

it.each(cases)('$why: $kind', ({ before, after, kind }) => {
  expect(moveKind({ before, after }, set)).toBe(kind);
});

const aMove = (changes: Partial<Move>): Move => ({
  customerId: 'c1',
  before: shop('bronze'),
  after: shop('bronze'),
  revenueMinor: 0,
  isHeld: false,
  told: 0,
  toldSilently: 0,
  ...changes,
});

it('counts customers and money from place to place', () => {
  const tally = new MoveTally(set);
  tally.add(aMove({ after: shop('gold'), revenueMinor: 900, told: 1 }));
  tally.add(aMove({ after: shop('gold'), revenueMinor: 100, told: 2, toldSilently: 1 }));
  tally.add(aMove({ revenueMinor: 50, isHeld: true }));
  tally.add(aMove({ before: null, after: null }));
  expect(tally.summary()).toEqual({
    customers: 4,
    revenueMinor: 1_050,
    byKind: { stayed: 2, promoted: 2, demoted: 0, assigned: 0, released: 0 },
    moved: 2,
    movedRevenueMinor: 1_000,
    held: 1,
    told: 3,
    toldSilently: 1,
    flow: [
      { from: shop('bronze'), to: shop('gold'), customers: 2, revenueMinor: 1_000 },
      { from: shop('bronze'), to: shop('bronze'), customers: 1, revenueMinor: 50 },
      { from: null, to: null, customers: 1, revenueMinor: 0 },
    ],
  });
});

it('whatever moves, the rows of the flow hold everybody and all money once', () => {
  const place = fc.option(
    fc.constantFrom(shop('bronze'), shop('gold'), shop('gone'), leads('cold'), leads('hot')),
  );
  const known = fc.option(fc.constantFrom(shop('bronze'), shop('gold'), leads('hot')));
  const move = fc
    .record({ before: place, after: known, revenueMinor: fc.nat(1_000) })
    .map((it) => aMove(it));
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      const tally = new MoveTally(set);
      for (const it of moves) tally.add(it);
      const { flow, customers, revenueMinor, moved, byKind } = tally.summary();
      const sum = (of: (row: (typeof flow)[number]) => number): number =>
        flow.reduce((total, row) => total + of(row), 0);
      expect(customers).toBe(moves.length);
      expect(sum((row) => row.customers)).toBe(moves.length);
      expect(sum((row) => row.revenueMinor)).toBe(revenueMinor);
      const stayed = flow.filter(
        ({ from, to }) => moveKind({ before: from, after: to }, set) === 'stayed',
      );
      expect(stayed.reduce((total, row) => total + row.customers, 0)).toBe(byKind.stayed);
      expect(moved).toBe(moves.length - byKind.stayed);
    }),
  );
});
