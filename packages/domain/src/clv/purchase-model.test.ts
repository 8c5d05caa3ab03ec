import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectedPurchases,
  expectedPurchasesOfNewcomer,
  expectedWhileAlive,
  type PurchaseHistory,
  type PurchaseParameters,
  probabilityAlive,
  probabilityOfPurchases,
} from './purchase-model.ts';

/** Table 2 of Fader, Hardie and Lee (2005), in weeks. */
const CDNOW: PurchaseParameters = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
/** The same at the top of the likelihood, to more digits. */
const CDNOW_EXACT = { r: 0.242593, alpha: 4.413531, a: 0.792886, b: 2.425754 };

describe('published numbers, without a file', () => {
  it("expects 1.226 purchases of the paper's customer", () => {
    const history = { repeats: 2, lastAfter: 30.43, observed: 38.86 };
    expect(expectedPurchases(CDNOW, history, 39)).toBeCloseTo(1.226028, 6);
  });

  it.each([
    [0.1429, 0.0078, 0.007816],
    [1, 0.0532, 0.053185],
    [3, 0.1506, 0.150632],
    [31.8571, 1.0405, 1.040494],
    [32, 1.0437, 1.043737],
    [78, 1.8576, 1.857972],
  ])(
    'expects of a newcomer within %d weeks %d, as the spreadsheet of Hardie has it',
    (time, published, exact) => {
      const expected = expectedPurchasesOfNewcomer(CDNOW_EXACT, time);
      expect(Math.abs(expected - published)).toBeLessThan(5e-4);
      expect(expected).toBeCloseTo(exact, 5);
    },
  );

  it('gives the chances of the manual of BTYD, small ones too', () => {
    expect(probabilityOfPurchases(CDNOW, 10, 2)).toBeCloseTo(1.0786896e-7, 14);
    expect(probabilityOfPurchases(CDNOW, 0, 39)).toBeCloseTo(0.5737864, 7);
    expect(probabilityOfPurchases(CDNOW, 11, 30)).toBeCloseTo(0.0019995214, 10);
    expect(probabilityOfPurchases(CDNOW, 20, 30)).toBeCloseTo(0.000222226, 10);
  });
});

const positive = (low: number, high: number) =>
  fc.double({ min: low, max: high, noNaN: true }).map((power) => 10 ** power);
const anyModel = fc.record({
  r: positive(-3, 3),
  alpha: positive(-1, 4),
  a: positive(-3, 3),
  b: positive(-3, 3),
});
const anyHistory = fc
  .record({
    repeats: fc.oneof(fc.nat(20), fc.nat(3_000)),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    observed: positive(-2, 5),
  })
  .map(({ repeats, share, observed }) => ({
    repeats,
    lastAfter: repeats === 0 ? 0 : share * observed,
    observed,
  }));
const later = (history: PurchaseHistory, by: number): PurchaseHistory => ({
  ...history,
  observed: history.observed + by,
});

describe('for all parameters and histories', () => {
  it('the chance to be alive lies in [0, 1] and falls while nothing happens', () => {
    fc.assert(
      fc.property(anyModel, anyHistory, positive(-3, 6), (model, history, silence) => {
        const now = probabilityAlive(model, history);
        const then = probabilityAlive(model, later(history, silence));
        expect(now).toBeGreaterThanOrEqual(0);
        expect(now).toBeLessThanOrEqual(1);
        expect(then).toBeLessThanOrEqual(now * (1 + 1e-12));
      }),
      { numRuns: 10_000 },
    );
  });

  it('what is to be expected is finite, rises with the time ahead, falls with silence, and is at most that of one who never stops', () => {
    fc.assert(
      fc.property(anyModel, anyHistory, positive(-2, 3), (model, history, ahead) => {
        const expected = expectedWhileAlive(model, history, ahead);
        const rate = (model.r + history.repeats) / (model.alpha + history.observed);
        expect(expected).toBeGreaterThanOrEqual(0);
        expect(expected).toBeLessThanOrEqual(rate * ahead * (1 + 1e-9));
        const slack = 1e-9 * expected + Number.MIN_VALUE;
        expect(expectedWhileAlive(model, history, ahead * 1.5)).toBeGreaterThanOrEqual(
          expected - slack,
        );
        expect(expectedWhileAlive(model, later(history, ahead), ahead)).toBeLessThanOrEqual(
          expected + slack,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('the chances of all counts add up to one, and their mean is what is to be expected', () => {
    const tame = fc.record({
      r: positive(-1, 0.5),
      alpha: positive(0, 1),
      a: positive(-1, 1),
      b: positive(-1, 1),
    });
    fc.assert(
      fc.property(tame, positive(-1, 0.5), (model, time) => {
        let total = 0;
        let mean = 0;
        for (let count = 0; count < 200; count++) {
          const chance = probabilityOfPurchases(model, count, time);
          total += chance;
          mean += count * chance;
        }
        expect(total).toBeCloseTo(1, 9);
        expect(mean).toBeCloseTo(expectedPurchasesOfNewcomer(model, time), 8);
      }),
      { numRuns: 50 },
    );
  });

  it('agrees with the closed form of the paper where that has digits', () => {
    const model = fc.record({
      r: positive(-1, 1),
      alpha: positive(0, 2),
      a: positive(0.2, 1),
      b: positive(-1, 1),
    });
    const history = fc.record({ repeats: fc.nat(30), observed: positive(0, 2) });
    fc.assert(
      fc.property(model, history, positive(-1, 2), (parameters, { repeats, observed }, ahead) => {
        const expected = expectedWhileAlive(parameters, { repeats, lastAfter: 0, observed }, ahead);
        const closed = closedForm(parameters, { repeats, observed }, ahead);
        expect(Math.abs(expected - closed)).toBeLessThan(1e-8 * Math.max(1, closed));
      }),
      { numRuns: 300 },
    );
  });
});

/** Equation (10) as it is printed, with a 2F1 that is summed up without thought. */
function closedForm(
  { r, alpha, a, b }: PurchaseParameters,
  { repeats, observed }: { readonly repeats: number; readonly observed: number },
  ahead: number,
): number {
  const z = ahead / (alpha + observed + ahead);
  const c = a + b + repeats - 1;
  let term = 1;
  let sum = 1;
  for (let k = 0; k < 200_000 && term > 1e-18 * sum; k++) {
    term *= ((r + repeats + k) * (b + repeats + k) * z) / ((c + k) * (k + 1));
    sum += term;
  }
  return (c / (a - 1)) * (1 - (1 - z) ** (r + repeats) * sum);
}

describe('where formulas usually break', () => {
  const history = { repeats: 3, lastAfter: 20, observed: 40 };

  it('a chance to stop of shape one is as smooth as its neighbours', () => {
    const at = (a: number) => expectedPurchases({ ...CDNOW, a }, history, 39);
    expect(at(1)).toBeCloseTo((at(1 - 1e-6) + at(1 + 1e-6)) / 2, 10);
  });

  it('ten thousand purchases in thirty years of weeks leave no NaN', () => {
    const many = { repeats: 10_000, lastAfter: 1_565, observed: 1_566 };
    expect(probabilityAlive(CDNOW, many)).toBeCloseTo(0.955743, 6);
    expect(expectedPurchases(CDNOW, { ...many, lastAfter: 1_566 }, 1)).toBeCloseTo(6.37, 2);
    expect(probabilityAlive(CDNOW, { ...many, observed: 1e9 })).toBe(0);
    expect(expectedPurchases(CDNOW, { ...many, observed: 1e9 }, 52)).toBe(0);
  });

  it('nothing ahead gives nothing', () => {
    expect(expectedPurchases(CDNOW, history, 0)).toBe(0);
  });
});
