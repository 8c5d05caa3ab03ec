import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstBelow } from './first-below.ts';

const FROM = 1_700_000_000_000;
const DAY = 86_400_000;

/** Curves as they come: powers of time, a straight line, steps, one that breaks off. */
const curve = fc
  .record({
    kind: fc.constantFrom('power', 'line', 'steps', 'cliff', 'exponential'),
    scale: fc.integer({ min: 1, max: 400 }),
    power: fc.double({ min: 0.05, max: 12, noNaN: true }),
    height: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  })
  .map(({ kind, scale, power, height }) => (at: number): number => {
    const days = (at - FROM) / DAY;
    if (kind === 'power') return height * (scale / (scale + days)) ** power;
    if (kind === 'line') return height * (1 - days / (scale * 100));
    if (kind === 'steps') return height * (1 - Math.floor(days / scale) / 50);
    if (kind === 'exponential') return height * Math.exp(-days / scale);
    return days < scale * 1.37 ? height : 0;
  });

describe('the first millisecond below a border', () => {
  it('is below, and the one before is not', () => {
    fc.assert(
      fc.property(curve, fc.double({ min: 0.0001, max: 1.1, noNaN: true }), (valueAt, share) => {
        const border = valueAt(FROM) * share;
        const isBelow = (value: number): boolean => value < border;
        const found = firstBelow({ valueAt, isBelow, about: border }, FROM);
        if (found === Infinity) {
          expect(isBelow(valueAt(253_402_300_799_999))).toBe(false);
          return;
        }
        expect(isBelow(valueAt(found))).toBe(true);
        expect(found === FROM || !isBelow(valueAt(found - 1))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found with few values where the curve is smooth, and never with many more than by halving', () => {
    const costOf = (valueAt: (at: number) => number, border: number): number => {
      let values = 0;
      const counted = (at: number): number => {
        values += 1;
        return valueAt(at);
      };
      firstBelow({ valueAt: counted, isBelow: (value) => value < border, about: border }, FROM);
      return values;
    };
    const smooth = (at: number): number => (30 / (30 + (at - FROM) / DAY)) ** 1.4;
    expect(costOf(smooth, 0.5)).toBeLessThan(22);
    const cliff = (at: number): number => (at < FROM + 123.456 * DAY ? 1 : 0);
    expect(costOf(cliff, 0.5)).toBeLessThan(48);
  });

  it('is never where the value does not get there before the year 10000', () => {
    expect(firstBelow({ valueAt: () => 1, isBelow: (v) => v < 1, about: 1 }, FROM)).toBe(Infinity);
  });
});
