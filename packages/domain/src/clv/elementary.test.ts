import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, ln, lnOnePlus, relativeExponential } from './elementary.ts';

const ULP = 2 ** -52;
const magnitude = fc.double({ min: -300, max: 300, noNaN: true });

describe('exp and ln', () => {
  it('are within two units of the last place of what the engine gives', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), magnitude, (x, y) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(2 * ULP);
        const wide = 10 ** y;
        expect(Math.abs(ln(wide) - Math.log(wide))).toBeLessThanOrEqual(
          2 * ULP * Math.abs(Math.log(wide)),
        );
      }),
      { numRuns: 10_000 },
    );
  });

  it('go to their limits and no further', () => {
    expect([exp(710), exp(-746), exp(0), exp(Infinity), exp(Number.NEGATIVE_INFINITY)]).toEqual([
      Infinity,
      0,
      1,
      Infinity,
      0,
    ]);
    expect([ln(0), ln(1), ln(Infinity), ln(Number.MIN_VALUE)]).toEqual([
      Number.NEGATIVE_INFINITY,
      0,
      Infinity,
      Math.log(Number.MIN_VALUE),
    ]);
    expect(exp(-744.5)).toBe(Number.MIN_VALUE);
    expect([ln(-1), ln(Number.NaN), exp(Number.NaN)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('keep the digits of what is small', () => {
    expect(lnOnePlus(1e-20)).toBe(1e-20);
    expect(lnOnePlus(1e-9) / (1e-9 - 5e-19)).toBeCloseTo(1, 15);
    expect(relativeExponential(1e-12)).toBeCloseTo(1 + 5e-13, 15);
    expect(relativeExponential(-1e3)).toBe(1e-3);
    expect(relativeExponential(0)).toBe(1);
  });

  it('give these very bits, on whatever machine', () => {
    const bits = [0.1, 1, 2.5, -7.3, 300.25].map((x) => [exp(x), ln(Math.abs(x))]);
    expect(bits).toEqual([
      [1.1051709180756477, -2.3025850929940455],
      [2.7182818284590455, 0],
      [12.182493960703473, 0.9162907318741551],
      [0.0006755387751938444, 1.9878743481543455],
      [2.4941248615349213e130, 5.704615460960093],
    ]);
  });
});
