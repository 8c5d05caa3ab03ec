import { describe, expect, it } from 'vitest';
import { CalibratedLog } from '../builders/calibrated-log.ts';
import { aLifecycle, aPolicy, aPurchase, aRefund, day } from '../builders/index.ts';
import { explain } from '../explain.ts';
import { DAY_MS } from '../instant.ts';
import type { Policy, ShareBorder } from '../policy/policy.ts';

const half: ShareBorder = { tier: 'top', of: 'population', shareMilli: 500, minimumPopulation: 1 };

/** Scores the orders of 100 days; `top` is the better half, or what `share` says. */
const policyOf = (share: Partial<ShareBorder> = {}, changes: Partial<Policy> = {}): Policy =>
  aPolicy({
    ladder: ['rest', 'top'],
    borders: [],
    shares: [{ ...half, ...share }],
    dimensions: [
      {
        name: 'f',
        of: 'orders',
        windowMs: 100 * DAY_MS,
        weightMilli: 1_000,
        capMilli: null,
        otherwiseMilli: 0,
        steps: [],
      },
    ],
    ...changes,
  });

describe('a tier by share', () => {
  it('is entered by nobody before the first calibration, and then by the best', () => {
    const log = new CalibratedLog(policyOf());
    log.buys('a', 1);
    log.buys('b', 2, 3);
    expect(log.told()).toEqual(['a assigned >rest event 1', 'b assigned >rest event 2']);
    log.calibratesAt(10);
    log.ticks();
    expect(log.told().slice(2)).toEqual(['b promoted rest>top calibration 10']);
  });

  it('keeps its border while customers move over it, and is left at the instant they fall under', () => {
    const log = new CalibratedLog(policyOf());
    log.buys('a', 1);
    log.buys('b', 2, 3);
    log.calibratesAt(10);
    log.ticks();
    log.buys('a', 11);
    expect(log.told().at(-1)).toBe('a promoted rest>top event 11');
    expect(log.dueAt.get('b')).toBe(day(102));
    log.passTo(day(101.5));
    expect(log.told().at(-1)).toBe('a demoted top>rest time 101');
  });

  it('takes in all who have the score of its border', () => {
    const log = new CalibratedLog(policyOf());
    for (const customerId of ['a', 'b', 'c']) log.buys(customerId, 1);
    log.buys('d', 1, 2);
    const { tiers } = log.calibratesAt(10);
    expect(tiers?.[0]?.border).toEqual({ scoreMilli: 1_000, customers: 4, revenueMinor: 500 });
  });

  it('moves people by a calibration that moves its border', () => {
    const log = new CalibratedLog(policyOf());
    log.buys('a', 1);
    log.buys('b', 2, 3);
    log.calibratesAt(10);
    log.ticks();
    log.buys('c', 11, 12, 13);
    log.buys('d', 11, 12, 13);
    log.calibratesAt(20);
    log.ticks();
    expect(log.told().at(-1)).toBe('b demoted top>rest calibration 20');
  });

  it('by revenue looks at the money of the policy, in its window', () => {
    const revenue = {
      ...(policyOf().dimensions[0] as Policy['dimensions'][number]),
      name: 'm',
      of: 'revenue' as const,
      windowMs: 20 * DAY_MS,
      weightMilli: 0,
    } as Policy['dimensions'][number];
    const policy = policyOf({ of: 'revenue', shareMilli: 800 });
    const log = new CalibratedLog({ ...policy, dimensions: [...policy.dimensions, revenue] });
    log.buys('old', 1, 2, 3);
    log.buys('late', 25, 26);
    log.buys('one', 27);
    const { tiers } = log.calibratesAt(30);
    // The best by score brought nothing in these 20 days, and stands before the others all the same.
    expect(tiers).toEqual([
      {
        policy: 'test',
        tier: 'top',
        of: 'revenue',
        shareMilli: 800,
        population: 3,
        minimumPopulation: 1,
        revenueMinor: 300,
        border: { scoreMilli: 1_000, customers: 3, revenueMinor: 300 },
      },
    ]);
  });
});

describe('without enough data', () => {
  it('nobody enters by it', () => {
    const log = new CalibratedLog(policyOf({ minimumPopulation: 3 }));
    log.buys('a', 1);
    log.buys('b', 2, 3);
    expect(log.calibratesAt(10).tiers?.[0]).toMatchObject({ population: 2, border: null });
    log.ticks();
    log.buys('b', 11);
    expect(log.told()).toHaveLength(2);
  });

  it('nobody in it falls under it, not even with time', () => {
    const log = new CalibratedLog(policyOf({ of: 'revenue' }));
    log.buys('a', 1);
    log.buys('b', 2, 3);
    log.calibratesAt(10);
    log.ticks();
    expect(log.told().at(-1)).toBe('b promoted rest>top calibration 10');
    // A year and a half later nothing brings revenue any more.
    const grace = new CalibratedLog(
      policyOf({ of: 'revenue' }, { lifecycle: aLifecycle({ graceMs: 700 * DAY_MS }) }),
    );
    grace.buys('a', 1);
    grace.buys('b', 2, 3);
    grace.calibratesAt(10);
    grace.ticks();
    const { tiers } = grace.calibratesAt(500);
    expect(tiers?.[0]).toMatchObject({ revenueMinor: 0, border: null });
    grace.ticks();
    grace.passTo(day(2_000));
    expect(grace.told().at(-1)).toBe('b promoted rest>top calibration 10');
  });
});

describe('a correction', () => {
  it('is judged by the border of the time of the promotion', () => {
    const lifecycle = aLifecycle({ graceMs: 200 * DAY_MS });
    const log = new CalibratedLog(policyOf({}, { lifecycle }));
    const first = aPurchase(day(1), { customerId: 'a' });
    log.events(first);
    log.buys('a', 2);
    log.buys('b', 3);
    log.buys('c', 4);
    log.buys('d', 4, 5);
    log.calibratesAt(10);
    log.ticks();
    expect(log.told()).toContain('a promoted rest>top calibration 10');
    log.buys('b', 11, 12, 13);
    log.buys('c', 14, 15, 16);
    log.calibratesAt(20);
    log.ticks();
    // Two orders are under the border of day 20 and met that of day 10: a refund that leaves both disproves nothing.
    log.events(aRefund(first, { occurredAt: day(21), amount: { minor: 1, currency: 'CNY' } }));
    expect(log.customers.get('a')?.standing?.tier).toBe('top');
    log.events(aRefund(first, { occurredAt: day(22) }));
    expect(log.told().at(-1)).toBe('a withdrawn top>rest correction 22');
  });
});

describe('an explanation', () => {
  it('says which share the border is, and what the calibration of which day made of it', () => {
    const log = new CalibratedLog(policyOf());
    log.buys('a', 1);
    log.buys('b', 2, 3);
    const state = () => log.customers.get('a');
    const explained = () => {
      const known = state();
      if (known === undefined) throw new Error('a was not folded');
      return explain({ partition: log.state, customerId: 'a', state: known, at: log.state.clock });
    };
    log.passTo(day(9));
    expect(explained()).toMatchObject({
      nextEnterMilli: null,
      shares: [{ tier: 'top', shareMilli: 500, calibration: null, unscored: 'not-calibrated' }],
    });
    const { id } = log.calibratesAt(10);
    log.ticks();
    expect(explained()).toMatchObject({
      tier: 'rest',
      leaveMilli: null,
      nextEnterMilli: 2_000,
      shares: [
        {
          tier: 'top',
          of: 'population',
          calibration: { id, at: day(10) },
          found: { population: 2, border: { scoreMilli: 2_000, customers: 1 } },
        },
      ],
    });
  });
});
