import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digamma, logGamma } from './log-gamma.ts';

describe('ln Gamma and its derivative', () => {
  it.each([
    { x: 0.5, of: 'half', gamma: Math.log(Math.PI) / 2, slope: -1.9635100260214235 },
    { x: 1, of: 'one', gamma: 0, slope: -0.5772156649015329 },
    { x: 2, of: 'two', gamma: 0, slope: 1 - 0.5772156649015329 },
    { x: 10, of: 'ten', gamma: Math.log(362_880), slope: 2.251752589066721 },
    { x: 1e-8, of: 'hardly anything', gamma: 18.420680738180209, slope: -100000000.5772156 },
    { x: 1e6, of: 'a million', gamma: 12815504.569147611, slope: 13.815510057964191 },
  ])('are those of the tables for $of', ({ x, gamma, slope }) => {
    expect(Math.abs(logGamma(x) - gamma)).toBeLessThanOrEqual(5e-15 * Math.max(1, Math.abs(gamma)));
    expect(Math.abs(digamma(x) - slope)).toBeLessThanOrEqual(2e-15 * Math.max(1, Math.abs(slope)));
  });

  it('rise by ln x and 1 / x from x to x + 1', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (power) => {
        const x = 10 ** power;
        const size = Math.max(1, Math.abs(logGamma(x)));
        expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(4e-15 * size);
        expect(Math.abs(digamma(x + 1) - digamma(x) - 1 / x)).toBeLessThan(
          4e-15 * Math.max(16, 1 / x),
        );
      }),
    );
  });
});
