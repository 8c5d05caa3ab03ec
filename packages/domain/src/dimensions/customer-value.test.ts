import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discountSteps, lifetimeValue } from '../clv/lifetime-value.ts';
import { probabilityAlive } from '../clv/purchase-model.ts';
import { TransactionLog } from '../clv/transactions.ts';
import { hash64 } from '../hash64.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import type { Order } from '../ledger/orders.ts';
import { MONTH_DAYS, measureClv, measurePAlive } from './customer-value.ts';
import type { Measure } from './measure.ts';
import type { ExactStep } from './steps.ts';

const HOUR = DAY_MS / 24;
const models = {
  purchases: { r: 0.243, alpha: 30.9, a: 0.793, b: 2.426 },
  spend: { p: 6.25, q: 3.74, v: 1_544 },
};

function anOrder(at: Instant, amountMinor = 2_000): Order {
  return {
    key: hash64('shop', String(at)),
    at,
    counts: true,
    isCancelled: false,
    remaining: [{ at, amountMinor, offset: 0 }],
    refundExcessMinor: 0,
  };
}

const rule = {
  name: 'value',
  weightMilli: 1_000,
  otherwiseMilli: 0,
  capMilli: null,
  unscored: null,
};

function alive(orders: readonly Order[], steps: readonly ExactStep[] | null): Measure {
  return measurePAlive({ ...rule, steps }, new TransactionLog(orders, null), models.purchases);
}

function clv(orders: readonly Order[], steps: readonly ExactStep[] | null): Measure {
  const months = { horizonMs: 365 * DAY_MS, monthlyDiscountMilli: 10 };
  return measureClv({ ...rule, ...months, steps }, new TransactionLog(orders, null), models);
}

const regular = [0, 14, 28, 43].map((days) => anOrder(days * DAY_MS + 9 * HOUR));
const halves = [
  { atLeast: 800_000, pointsMilli: 3_000 },
  { atLeast: 500_000, pointsMilli: 2_000 },
  { atLeast: 200_000, pointsMilli: 1_000 },
];

describe('P(alive)', () => {
  it('is that of the model, to 6 decimals, with time from the first midnight on', () => {
    const at = 100 * DAY_MS + 6 * HOUR;
    const history = { repeats: 3, lastAfter: 43, observed: 100.25 };
    const exact = probabilityAlive(models.purchases, history);
    expect(alive(regular, halves).valueAt(at)).toBe(Math.round(exact * 1e6) / 1e6);
  });

  it('loses its points at the very millisecond at which the rounded value falls below a border', () => {
    const measure = alive(regular, halves);
    const from = 44 * DAY_MS;
    expect(measure.pointsMilliAt(from)).toBe(3_000);
    const falls: Instant[] = [];
    for (
      let at = measure.nextChangeAfter(from);
      at !== Infinity;
      at = measure.nextChangeAfter(at)
    ) {
      falls.push(at);
    }
    expect(falls.map((at) => measure.pointsMilliAt(at))).toEqual([2_000, 1_000, 0]);
    for (const [index, at] of falls.entries()) {
      const border = (halves[index]?.atLeast ?? 0) / 1e6;
      expect(measure.valueAt(at)).toBeLessThan(border);
      expect(measure.valueAt(at - 1)).toBe(border);
    }
  });

  it('is 1 for ever of one who bought once, for nobody stops before a second purchase', () => {
    const measure = alive([anOrder(0)], halves);
    expect(measure.valueAt(3_000 * DAY_MS)).toBe(1);
    expect(measure.nextChangeAfter(0)).toBe(Infinity);
  });

  it('rises with an order that is dated ahead, and says so', () => {
    const measure = alive([...regular, anOrder(90 * DAY_MS)], halves);
    expect(measure.nextChangeAfter(89.9 * DAY_MS)).toBe(90 * DAY_MS);
    expect(measure.valueAt(90 * DAY_MS)).toBeGreaterThan(measure.valueAt(90 * DAY_MS - 1) ?? 1);
  });

  it('without steps changes with each thousandth of points', () => {
    const measure = alive(regular, null);
    const from = 60 * DAY_MS;
    const next = measure.nextChangeAfter(from);
    expect(measure.pointsMilliAt(next)).toBe(measure.pointsMilliAt(from) - 1);
    expect(measure.pointsMilliAt(next - 1)).toBe(measure.pointsMilliAt(from));
  });
});

describe('CLV', () => {
  it('is that of the models, in whole minor units', () => {
    const at = 100 * DAY_MS;
    const history = { repeats: 3, lastAfter: 43, observed: 100, meanSpend: 2_000 };
    const months = discountSteps({ horizon: 365, month: MONTH_DAYS, monthlyDiscount: 0.01 });
    const exact = lifetimeValue(models, history, months) ?? Number.NaN;
    expect(clv(regular, []).valueAt(at)).toBe(Math.round(exact));
    expect(exact).toBeGreaterThan(1_000);
  });

  it('is missing without a counted order, and scores otherwise', () => {
    const measure = clv([], [{ atLeast: 0, pointsMilli: 5_000 }]);
    expect(measure.valueAt(DAY_MS)).toBeNull();
    expect(measure.pointsMilliAt(DAY_MS)).toBe(0);
    expect(measure.nextChangeAfter(DAY_MS)).toBe(Infinity);
  });
});

describe('for any customer', () => {
  const customer = fc.array(
    fc.record({ gapHours: fc.integer({ min: 1, max: 2_000 }), minor: fc.nat(50_000) }),
    { minLength: 1, maxLength: 12 },
  );
  const ordersFrom = (rows: readonly { gapHours: number; minor: number }[]): readonly Order[] => {
    let at = 0;
    return rows.map(({ gapHours, minor }) => {
      at += gapHours * HOUR;
      return anOrder(at, minor);
    });
  };

  it.each(['p_alive', 'clv'] as const)(
    '%s changes its points nowhere but where it says',
    (kind) => {
      fc.assert(
        fc.property(
          customer,
          fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 4 }),
          fc.array(fc.integer({ min: 0, max: 900 * 24 }), { minLength: 5, maxLength: 5 }),
          (rows, borders, hours) => {
            const unit = kind === 'clv' ? 20_000 : 1_000;
            const steps = borders
              .toSorted((a, b) => b - a)
              .map((border) => ({ atLeast: border * unit, pointsMilli: border }));
            const measure = (kind === 'clv' ? clv : alive)(ordersFrom(rows), steps);
            for (const hour of hours) {
              const at = hour * HOUR;
              const next = measure.nextChangeAfter(at);
              const points = measure.pointsMilliAt(at);
              const end = Math.min(next, at + 400 * DAY_MS);
              for (const share of [0.1, 0.5, 0.9, 0.999]) {
                const between = Math.floor(at + (end - at) * share);
                if (between < next) expect(measure.pointsMilliAt(between)).toBe(points);
              }
              if (next === Infinity) continue;
              expect(measure.pointsMilliAt(next - 1)).toBe(points);
              expect(measure.pointsMilliAt(next)).not.toBe(points);
            }
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  it('a model whose curve hardly falls does not flicker about a border', () => {
    const stubborn = { r: 0.2, alpha: 30, a: 1e-7, b: 3 };
    const log = new TransactionLog([anOrder(0), anOrder(DAY_MS)], null);
    const measure = measurePAlive(
      { ...rule, steps: [{ atLeast: 999_999, pointsMilli: 1_000 }] },
      log,
      stubborn,
    );
    const crossing = measure.nextChangeAfter(2 * DAY_MS);
    expect(crossing).toBeLessThan(Infinity);
    for (let ms = 1; ms < 2_000; ms++) {
      expect(measure.pointsMilliAt(crossing - ms)).toBe(1_000);
      expect(measure.pointsMilliAt(crossing + ms)).toBe(0);
    }
  });
});
