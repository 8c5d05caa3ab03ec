import { describe, expect, it } from 'vitest';
import { aRun, aSet, aSnapshot, type Row } from './builders/index.ts';
import { compareRuns } from './compare-runs.ts';
import { nearBorders } from './near-borders.ts';
import { costTable, visitsTable } from './side-tables.ts';

describe('customers at a border', () => {
  const set = aSet();
  /** 2 % of the 200 that gold asks for. */
  const rows: readonly Row[] = [
    ['far below', 'bronze', 95.999, 0],
    ['just below silver', 'bronze', 96, 0],
    ['in silver, safe', 'silver', 120, 0],
    ['about to leave silver', 'silver', 94, 0],
    ['in grace', 'silver', 86, 0],
    ['long in grace', 'silver', 85.999, 0],
    ['just below gold', 'silver', 199, 0],
    ['in gold, still', 'gold', 184, 0],
    ['nobody grades', null, 0, 0],
  ];

  it('are within 2 % of the highest enter, below enter or around leave', () => {
    const { borders, customers } = nearBorders(set, aSnapshot(set, rows));
    expect(customers).toBe(5);
    expect(borders.map((it) => [it.tier, it.distanceMilli, it.belowEnter, it.atLeave])).toEqual([
      ['gold', 4_000, 1, 1],
      ['silver', 4_000, 1, 2],
    ]);
  });

  it('are counted once though both borders are near', () => {
    const tight = aSet({
      tiers: '{silver: {enter: 196, leave: 196}, gold: {enter: 200, leave: 198}}',
    });
    const near = nearBorders(tight, aSnapshot(tight, [['a', 'silver', 197, 0]]));
    expect(near.customers).toBe(1);
    expect(near.borders.map((it) => [it.belowEnter, it.atLeave])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('are none where a calibration has found no border', () => {
    const shares = aSet({
      tiers: '{silver: {population_share: 0.5}, gold: {population_share: 0.1}}',
    });
    expect(nearBorders(shares, aSnapshot(shares, rows))).toEqual({ borders: [], customers: 0 });
  });
});

describe('visits and cost', () => {
  const old = aSet({
    more: ', treatment: {gold: {visit_every: 30d, cost_per_customer_year: 12000}, silver: {visit_every: 73d}}',
  });
  const fresh = aSet({
    ladder: '[bronze, gold, best]',
    tiers: '{gold: {enter: 100, leave: 90}, best: {enter: 200, leave: 180}}',
    more: ', treatment: {gold: {visit_every: 36.5d}, best: {cost_per_customer_year: 50000}}',
  });
  const before: readonly Row[] = [
    ['a', 'gold', 210, 0],
    ['b', 'gold', 220, 0],
    ['c', 'silver', 110, 0],
    ['d', 'bronze', 10, 0],
  ];
  const after: readonly Row[] = [
    ['a', 'best', 210, 0],
    ['b', 'gold', 110, 0],
    ['c', 'gold', 110, 0],
    ['d', 'bronze', 10, 0],
  ];
  const comparison = compareRuns(aRun(old, before), aRun(fresh, after));

  it('are summed over customers, tier by tier', () => {
    const { first, second } = comparison;
    // 2 x 365/12/30, and 365/12/73.
    expect(first.workload.visitsPerMonth).toBeCloseTo(2.0278 + 0.4167, 3);
    expect(first.workload.costPerYearMinor).toBe(24_000);
    expect(second.workload.visitsPerMonth).toBeCloseTo(1.6667, 3);
    expect(second.workload.costPerYearMinor).toBe(50_000);
  });

  it('stand tier beside tier, also where only one set has it or says something', () => {
    expect(visitsTable(comparison, 'en')).toMatchObject({
      rows: [
        ['gold', '2.0', '1.7', '-0.4'],
        ['silver', '0.4', '–', '-0.4'],
      ],
      foot: ['Total', '2.4', '1.7', '-0.8'],
    });
    expect(costTable(comparison, 'zh')).toMatchObject({
      rows: [
        ['gold', '240.00 CNY', '–', '-240.00 CNY'],
        ['best', '–', '500.00 CNY', '+500.00 CNY'],
      ],
      foot: ['合计', '240.00 CNY', '500.00 CNY', '+260.00 CNY'],
    });
  });

  it('are said to be missing where no policy states them', () => {
    const bare = compareRuns(aRun(aSet(), before), aRun(aSet(), before));
    expect(visitsTable(bare, 'en')).toMatchObject({ rows: [], foot: null });
    expect(visitsTable(bare, 'zh').note).toContain('都没有写 visit_every');
    expect(costTable(bare, 'en').note).toContain('states cost_per_customer_year');
  });

  it('in two currencies have no difference', () => {
    const more = ', treatment: {gold: {cost_per_customer_year: 100}}';
    const table = costTable(
      compareRuns(aRun(aSet({ more }), before), aRun(aSet({ more, currency: 'USD' }), before)),
      'en',
    );
    expect(table.rows).toEqual([['gold', '2.00 CNY', '2.00 USD', '–']]);
    expect(table.note).toContain('two currencies');
  });
});
