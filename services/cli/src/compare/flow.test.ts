import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aSet, aSnapshot, type Row } from './builders/index.ts';
import { type Flow, flowBetween, movesOf } from './flow.ts';

const set = aSet();

function flowOf(first: readonly Row[], second: readonly Row[], other = set): Flow {
  return flowBetween(
    { set, snapshot: aSnapshot(set, first) },
    { set: other, snapshot: aSnapshot(other, second) },
  );
}

const told = (flow: Flow) =>
  flow.cells
    .filter(({ customers }) => customers > 0)
    .map((it) => [it.from?.tier ?? null, it.to?.tier ?? null, it.customers, it.direction]);

describe('the flow of a small made-up population', () => {
  const first: readonly Row[] = [
    ['a', 'gold', 210, 5_000],
    ['b', 'silver', 110, 2_000],
    ['c', 'silver', 120, 3_000],
    ['d', 'bronze', 10, 100],
  ];
  const second: readonly Row[] = [
    ['a', 'silver', 210, 5_000],
    ['b', 'gold', 110, 2_500],
    ['c', 'gold', 120, 3_500],
    ['d', 'bronze', 10, 100],
  ];

  it('counts customers and their revenue, of each side, in each cell', () => {
    const flow = flowOf(first, second);
    expect(flow).toMatchObject({ customers: 4, moved: 3 });
    expect(flow.cells).toHaveLength(9);
    expect(movesOf(flow)).toEqual([
      {
        from: { policy: 'shop', tier: 'silver' },
        to: { policy: 'shop', tier: 'gold' },
        customers: 2,
        firstRevenueMinor: 5_000,
        secondRevenueMinor: 6_000,
        direction: 'rise',
      },
      {
        from: { policy: 'shop', tier: 'gold' },
        to: { policy: 'shop', tier: 'silver' },
        customers: 1,
        firstRevenueMinor: 5_000,
        secondRevenueMinor: 5_000,
        direction: 'fall',
      },
    ]);
  });

  it('has who is known to one side only in no tier of the other, and who is known to neither nowhere', () => {
    const flow = flowOf([['a', 'gold', 210, 5_000]], [['b', 'silver', 110, 2_000]]);
    expect(flow).toMatchObject({ customers: 2, moved: 2 });
    expect(told(flow)).toEqual([
      ['gold', null, 1, 'other'],
      [null, 'silver', 1, 'other'],
    ]);
  });

  it('of nobody has all cells and nobody in them', () => {
    const flow = flowOf([], []);
    expect(flow).toMatchObject({ customers: 0, moved: 0 });
    expect(flow.cells.map(({ customers }) => customers)).toEqual(Array(9).fill(0));
  });
});

describe('a ladder that differs', () => {
  const platinum = aSet({
    ladder: '[bronze, silver, gold, platinum]',
    tiers:
      '{silver: {enter: 100, leave: 90}, gold: {enter: 200, leave: 180}, platinum: {enter: 300, leave: 290}}',
  });

  it('has a row or column for a tier that only one side has, and knows that it is higher', () => {
    const flow = flowOf([['a', 'gold', 310, 1]], [['a', 'platinum', 310, 1]], platinum);
    expect(flow.to.map((it) => it?.tier)).toEqual(['platinum', 'gold', 'silver', 'bronze']);
    expect(told(flow)).toEqual([['gold', 'platinum', 1, 'rise']]);
  });

  it('gives no order to tiers that no ladder has both of', () => {
    const other = aSet({
      policy: 'vip',
      ladder: '[guest, vip]',
      tiers: '{vip: {enter: 1, leave: 1}}',
    });
    const flow = flowOf([['a', 'gold', 310, 1]], [['a', 'vip', 310, 1]], other);
    expect(told(flow)).toEqual([['gold', 'vip', 1, 'other']]);
  });
});

describe('sums', () => {
  const tier = fc.constantFrom('bronze', 'silver', 'gold', null);
  const row = fc.tuple(
    fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    tier,
    fc.constant(0),
    fc.nat(1_000_000),
  );
  const rows = fc.uniqueArray(row, { selector: ([id]) => id });

  it('of rows and columns are the populations, and of money what customers bring', () => {
    fc.assert(
      fc.property(rows, rows, (first, second) => {
        const flow = flowOf(first, second);
        const ids = new Set([...first, ...second].map(([id]) => id));
        const sum = (of: (cell: Flow['cells'][number]) => number) =>
          flow.cells.reduce((total, cell) => total + of(cell), 0);
        expect(sum(({ customers }) => customers)).toBe(ids.size);
        expect(flow.customers).toBe(ids.size);
        for (const name of ['bronze', 'silver', 'gold']) {
          const inRow = sum((it) => (it.from?.tier === name ? it.customers : 0));
          const inColumn = sum((it) => (it.to?.tier === name ? it.customers : 0));
          expect(inRow).toBe(first.filter(([, it]) => it === name).length);
          expect(inColumn).toBe(second.filter(([, it]) => it === name).length);
        }
        const money = (side: typeof first) => side.reduce((total, [, , , it]) => total + it, 0);
        expect(sum((it) => it.firstRevenueMinor)).toBe(money(first));
        expect(sum((it) => it.secondRevenueMinor)).toBe(money(second));
        const stays = sum((it) => (it.direction === 'stay' ? it.customers : 0));
        expect(flow.moved).toBe(ids.size - stays);
      }),
    );
  });
});
