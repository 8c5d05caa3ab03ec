import { describe, expect, it } from 'vitest';
import { CalibratedLog } from '../builders/calibrated-log.ts';
import { aLifecycle, aPolicy, aPurchase, aRefund, day } from '../builders/index.ts';
import type { CustomerState } from '../customer-state.ts';
import { DAY_MS } from '../instant.ts';
import type { Dimension, Quantiles } from '../policy/policy.ts';
import { profileAt } from '../profile.ts';
import { rateTableOf } from '../rates/rate-table.ts';
import { census } from './census.ts';

const halves: Quantiles = { buckets: 2, ties: 'together', minimumPopulation: 1 };
const base = { weightMilli: 1_000, capMilli: null, otherwiseMilli: 0, steps: [] };
const recency = (quantiles = halves): Dimension => ({
  ...base,
  name: 'r',
  of: 'recency',
  quantiles,
});
const orders = (quantiles = halves, of: 'orders' | 'revenue' = 'orders'): Dimension => ({
  ...base,
  name: 'f',
  of,
  windowMs: 100 * DAY_MS,
  quantiles,
});

/** Bronze below 2 points, silver from 2 on. */
const policyOf = (dimension: Dimension) =>
  aPolicy({
    dimensions: [dimension],
    ladder: ['bronze', 'silver'],
    borders: [{ tier: 'silver', enterMilli: 2_000, leaveMilli: 2_000 }],
  });

describe('before the first calibration', () => {
  it('the dimension scores as missing and says so, and knows its value', () => {
    const log = new CalibratedLog(policyOf(orders()));
    log.buys('a', 1, 2);
    const [change] = log.outputs;
    expect(change).toMatchObject({
      toTier: 'bronze',
      scoreMilli: 0,
      dimensions: [{ value: 1, pointsMilli: 0, unscored: 'not-calibrated', borderAbove: null }],
    });
  });

  it('goes on where the population was too small', () => {
    const log = new CalibratedLog(policyOf(orders({ ...halves, minimumPopulation: 3 })));
    log.buys('a', 1, 2);
    log.buys('b', 3);
    const calibration = log.calibratesAt(10);
    expect(calibration.dimensions).toEqual([
      { policy: 'test', dimension: 'f', population: 2, minimumPopulation: 3, borders: null },
    ]);
    log.buys('c', 11);
    expect(log.outputs.at(-1)).toMatchObject({
      customerId: 'c',
      dimensions: [{ value: 1, pointsMilli: 0, unscored: 'not-enough-data' }],
    });
  });
});

const usd = (rate: string, number: number) =>
  rateTableOf([{ day: Math.floor(day(1) / DAY_MS), from: 'USD', to: 'CNY', rate }], number);

/** Two buyers, one of them in dollars, which are worth seven yuan until somebody corrects that. */
function aLogWithDollars(): CalibratedLog {
  const log = new CalibratedLog(policyOf(orders(halves, 'revenue')));
  log.append({ kind: 'rates-published', table: usd('7', 1) });
  log.events(
    aPurchase(day(2), { customerId: 'a', amount: { minor: 100, currency: 'USD' } }),
    aPurchase(day(3), { customerId: 'b', amount: { minor: 500, currency: 'CNY' } }),
  );
  return log;
}

describe('a calibration', () => {
  it('moves the customers it moves with cause calibration, at its own instant', () => {
    const log = new CalibratedLog(policyOf(orders()));
    log.buys('a', 1);
    log.buys('b', 2, 3, 4);
    const { id } = log.calibratesAt(10);
    expect(log.told()).toEqual(['a assigned >bronze event 1', 'b assigned >bronze event 2']);
    log.ticks();
    expect(log.told().slice(2)).toEqual(['b promoted bronze>silver calibration 10']);
    expect(log.outputs.at(-1)).toMatchObject({ cause: { kind: 'calibration', ref: id } });
  });

  it('is passed at its instant by a customer touched only later, as often as that may be', () => {
    const late = new CalibratedLog(policyOf(orders()));
    const early = new CalibratedLog(policyOf(orders()));
    for (const log of [late, early]) {
      log.buys('a', 1, 2);
      log.buys('b', 3, 4, 5);
      log.calibratesAt(10);
      if (log === early) for (let again = 0; again < 3; again++) log.ticks();
      log.buys('a', 20, 21, 22);
      log.calibratesAt(30);
      if (log === early) log.ticks();
      log.append({ kind: 'clock', at: day(400) });
      log.ticks();
    }
    const byCustomer = (log: CalibratedLog) =>
      log.told().toSorted((x, y) => (x[0] ?? '').localeCompare(y[0] ?? ''));
    expect(byCustomer(late)).toEqual(byCustomer(early));
    expect(late.told()).toContain('b promoted bronze>silver calibration 10');
    expect(late.told().some((line) => line.includes('demoted silver>bronze calibration 30'))).toBe(
      true,
    );
  });

  it('and a correction of rates are passed in the order of time, by a customer touched only later', () => {
    const log = aLogWithDollars();
    const first = log.calibratesAt(5);
    log.ticks();
    log.passTo(day(10));
    log.append({ kind: 'rates-corrected', table: usd('4', 2) });
    log.passTo(day(20));
    log.append({ kind: 'calibrated', calibration: { ...first, id: 'the same again' } });
    log.passTo(day(30));
    log.ticks();
    expect(log.told().slice(2)).toEqual([
      'a promoted bronze>silver calibration 5',
      'a demoted silver>bronze event 10',
    ]);
  });

  it('and a correction of rates behind it, too', () => {
    const log = aLogWithDollars();
    log.calibratesAt(10);
    log.passTo(day(20));
    log.append({ kind: 'rates-corrected', table: usd('4', 2) });
    log.passTo(day(30));
    log.ticks();
    expect(log.told().slice(2)).toEqual([
      'a promoted bronze>silver calibration 10',
      'a demoted silver>bronze event 20',
    ]);
  });

  it('is the same whatever the order of its customers, and another for another instant', () => {
    const log = new CalibratedLog(policyOf(orders()));
    log.buys('a', 1);
    log.buys('b', 2, 3);
    const { set, customers } = log;
    const one = census({ set, at: day(9), customers });
    expect(census({ set, at: day(9), customers: [...customers].toReversed() })).toEqual(one);
    expect(census({ set, at: day(8), customers }).id).not.toBe(one.id);
  });

  it('leaves its borders where they are while customers move over them', () => {
    const log = new CalibratedLog(policyOf(orders()));
    log.buys('a', 1);
    log.buys('b', 2, 3);
    log.calibratesAt(10);
    log.ticks();
    log.buys('a', 11);
    expect(log.told().at(-1)).toBe('a promoted bronze>silver event 11');
  });
});

describe('recency by quantiles', () => {
  it('gives the most recent the most, and falls at the end of the last whole day, exactly', () => {
    const log = new CalibratedLog(policyOf(recency()));
    log.buys('a', 1);
    log.buys('b', 4.5);
    log.calibratesAt(10);
    log.ticks();
    // 9 and 5 whole days: the border is 7, so silver ends when the eighth day is full.
    expect(log.told().at(-1)).toBe('b promoted bronze>silver calibration 10');
    expect(log.dueAt.get('b')).toBe(day(12.5));
    log.append({ kind: 'clock', at: day(12.5) - 1 });
    log.ticks();
    expect(log.told()).toHaveLength(3);
    log.append({ kind: 'clock', at: day(12.5) });
    log.ticks();
    expect(log.told().at(-1)).toBe('b demoted silver>bronze time 12.5');
  });

  it('broken by rank lets the smaller id of equals be the more recent', () => {
    const log = new CalibratedLog(policyOf(recency({ ...halves, ties: 'rank' })));
    log.buys('a', 1);
    log.buys('b', 1);
    log.calibratesAt(10);
    log.ticks();
    expect(log.told().slice(2)).toEqual(['a promoted bronze>silver calibration 10']);
    expect(log.dueAt.get('a')).toBe(day(11));
  });
});

describe('a profile', () => {
  it('looks at a customer whom nobody has touched since the calibration', () => {
    const log = new CalibratedLog(policyOf(orders()));
    log.buys('a', 1);
    log.buys('b', 2, 3);
    log.calibratesAt(10);
    const state = log.customers.get('b') as CustomerState;
    const { state: partition } = log;
    const row = profileAt({ partition, customerId: 'b', state, at: day(12) });
    expect(row).toMatchObject({ tier: 'silver', scoreMilli: 2_000, orders: 2 });
    expect(row.nextCrossingAt).toBe(day(102));
  });
});

describe('a correction', () => {
  it('is judged by the borders of the time of the promotion', () => {
    const policy = policyOf(orders());
    const log = new CalibratedLog({ ...policy, lifecycle: aLifecycle({ graceMs: 100 * DAY_MS }) });
    const first = aPurchase(day(1), { customerId: 'a' });
    log.events(first);
    log.buys('a', 2);
    log.buys('b', 3);
    log.buys('c', 4);
    log.calibratesAt(10);
    log.ticks();
    log.buys('b', 11, 12, 13);
    log.buys('c', 14, 15, 16);
    log.calibratesAt(20);
    log.ticks();
    const state = log.customers.get('a') as CustomerState;
    const query = { partition: log.state, customerId: 'a', state, at: day(20) };
    expect(profileAt(query)).toMatchObject({ tier: 'silver', scoreMilli: 1_000 });
    expect(profileAt(query).nextCrossingAt).toBe(day(120));
    // Of two orders both still count: enough for silver by the borders of day 10, not by those of day 20.
    log.events(aRefund(first, { occurredAt: day(21), amount: { minor: 1, currency: 'CNY' } }));
    expect(log.customers.get('a')?.standing?.tier).toBe('silver');
    log.events(aRefund(first, { occurredAt: day(22) }));
    expect(log.told().at(-1)).toBe('a withdrawn silver>bronze correction 22');
  });
});

describe('in data time a customer ahead of the clock mark', () => {
  it('is judged by the calibration where it stands', () => {
    const log = new CalibratedLog(policyOf(orders()));
    log.buys('a', 1);
    log.buys('b', 2, 3);
    log.buys('a', 30);
    log.calibratesAt(10);
    log.ticks();
    expect(log.told().slice(2)).toEqual([
      'a promoted bronze>silver calibration 30',
      'b promoted bronze>silver calibration 10',
    ]);
  });
});
