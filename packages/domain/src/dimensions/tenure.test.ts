import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../instant.ts';
import type { TenureDimension } from '../policy/policy.ts';
import { measureTenure } from './tenure.ts';

const first = 5 * DAY_MS + 1_234;
const dimension: TenureDimension = {
  name: 'tenure',
  of: 'tenure',
  weightMilli: 1_000,
  capMilli: null,
  otherwiseMilli: 500,
  steps: [
    { atLeastMs: 730 * DAY_MS, pointsMilli: 5_000 },
    { atLeastMs: 365 * DAY_MS, pointsMilli: 3_000 },
  ],
};

describe('tenure', () => {
  const measure = measureTenure(dimension, [first, first + 9 * DAY_MS]);

  it('is whole days since the first counted order', () => {
    expect(measure.valueAt(first - 1)).toBeNull();
    expect(measure.valueAt(first)).toBe(0);
    expect(measure.valueAt(first + 10 * DAY_MS - 1)).toBe(9);
  });

  it('reaches a step at the very millisecond, and says when', () => {
    const year = first + 365 * DAY_MS;
    expect([year - 1, year].map((at) => measure.pointsMilliAt(at))).toEqual([500, 3_000]);
    expect(measure.nextChangeAfter(first)).toBe(year);
    expect(measure.nextChangeAfter(year)).toBe(first + 730 * DAY_MS);
    expect(measure.nextChangeAfter(first + 730 * DAY_MS)).toBe(Infinity);
    expect(measure.scoreAt(year)).toMatchObject({ value: 365, borderBelow: 365, borderAbove: 730 });
  });

  it('scores otherwise before the first order, which is the next change', () => {
    expect(measure.pointsMilliAt(first - 1)).toBe(500);
    expect(measure.nextChangeAfter(0)).toBe(first);
    expect(measureTenure(dimension, []).nextChangeAfter(0)).toBe(Infinity);
  });

  it('without steps gives a point a day, up to the cap', () => {
    const daily = measureTenure({ ...dimension, steps: [], capMilli: 3_000 }, [first]);
    expect([0, 2, 7].map((days) => daily.pointsMilliAt(first + days * DAY_MS))).toEqual([
      0, 2_000, 3_000,
    ]);
    expect(daily.nextChangeAfter(first + DAY_MS)).toBe(first + 2 * DAY_MS);
    expect(daily.nextChangeAfter(first + 3 * DAY_MS)).toBe(Infinity);
  });
});
