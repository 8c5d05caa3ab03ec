import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discountSteps, lifetimeValue } from './lifetime-value.ts';
import { expectedPurchases } from './purchase-model.ts';

/** CDNOW in weeks and dollars, at the top of the likelihood. */
const models = {
  purchases: { r: 0.242593, alpha: 4.413532, a: 0.792886, b: 2.425753 },
  spend: { p: 6.248802, q: 3.744588, v: 15.447748 },
};
const first = { repeats: 2, lastAfter: 30.43, observed: 38.86, meanSpend: 22.35 };
const second = { repeats: 1, lastAfter: 1.71, observed: 38.86, meanSpend: 11.77 };
const year = (month: number) =>
  discountSteps({ horizon: 12 * month, month, monthlyDiscount: 0.01 });

describe('the value of a customer', () => {
  it('is that of twelve months of 4.345 weeks', () => {
    expect(lifetimeValue(models, first, year(4.345))).toBeCloseTo(36.2785, 3);
    expect(lifetimeValue(models, second, year(4.345))).toBeCloseTo(4.6375, 3);
  });

  it('is not the published one, which takes a month of 30 weeks for a month of 30 days', () => {
    expect(lifetimeValue(models, first, year(30))).toBeCloseTo(140.0962, 3);
    expect(lifetimeValue(models, second, year(30))).toBeCloseTo(18.9435, 3);
    expect(lifetimeValue(models, first, year(30 / 7))).toBeLessThan(37);
  });

  it('is the sum over months of their purchases, each discounted as of its end', () => {
    const horizon = 10.5 * 4.345;
    const steps = discountSteps({ horizon, month: 4.345, monthlyDiscount: 0.02 });
    const spend = 24.6586;
    let sum = 0;
    let before = 0;
    for (let k = 1; k <= 11; k++) {
      const end = Math.min(k * 4.345, horizon);
      const until = expectedPurchases(models.purchases, first, end);
      sum += (spend * (until - before)) / 1.02 ** (end / 4.345);
      before = until;
    }
    expect(lifetimeValue(models, first, steps)).toBeCloseTo(sum, 2);
  });

  it('falls while nothing happens', () => {
    const silence = fc.double({ min: 0.001, max: 500, noNaN: true });
    const repeats = fc.nat(60);
    fc.assert(
      fc.property(repeats, silence, silence, (bought, lastAfter, more) => {
        const history = { repeats: bought, lastAfter, observed: lastAfter + more, meanSpend: 20 };
        const then = { ...history, observed: history.observed * 1.001 };
        const now = lifetimeValue(models, history, year(4.345)) ?? Number.NaN;
        expect(lifetimeValue(models, then, year(4.345))).toBeLessThanOrEqual(now * (1 + 1e-13));
      }),
      { numRuns: 500 },
    );
  });

  it('is unknown of one who bought once where the population has no mean', () => {
    const spend = { ...models.spend, q: 0.9 };
    const once = { repeats: 0, lastAfter: 0, observed: 5, meanSpend: 0 };
    expect(lifetimeValue({ ...models, spend }, once, year(4.345))).toBeNull();
    expect(lifetimeValue({ ...models, spend }, first, year(4.345))).toBeGreaterThan(0);
  });
});

describe('discount steps', () => {
  it('weigh what lies before the end of the first month by one month of discount', () => {
    const steps = discountSteps({ horizon: 75, month: 30, monthlyDiscount: 0.01 });
    expect(steps.map((it) => it.ahead)).toEqual([30, 60, 75]);
    const total = steps.reduce((sum, it) => sum + it.weight, 0);
    expect(total).toBeCloseTo(1 / 1.01, 12);
    expect(steps.at(-1)?.weight).toBeCloseTo(1.01 ** -2.5, 12);
  });

  it('without a discount weigh the whole horizon at its end alone', () => {
    const weights = discountSteps({ horizon: 60, month: 30, monthlyDiscount: 0 }).map(
      (it) => it.weight,
    );
    expect(weights).toEqual([0, 1]);
  });
});
