import { describe, expect, it } from 'vitest';

import { measureOf } from './windowed.ts';

const rule = {
  name: 'mood',
  weightMilli: 1_000,
  otherwiseMilli: 2_000,
  capMilli: null,
  unscored: null,
  steps: [
    { atLeast: 90_000, pointsMilli: 5_000 },
    { atLeast: 50_000, pointsMilli: 3_000 },
  ],
};

/** 95 from 10 until 20, 50 from 40 on; nothing before, between, or at all. */
const course = {
  scaledAt: (at: number) => (at >= 40 ? 50_000 : at >= 10 && at < 20 ? 95_000 : null),
  nextChangeAfter: (at: number) => [10, 20, 30, 40].find((it) => it > at) ?? Infinity,
};

describe('where there is nothing to measure', () => {
  it('the value is null and scores `otherwise`, also with a cap', () => {
    const measure = measureOf(rule, 1_000, course);
    expect(measure.valueAt(5)).toBeNull();
    expect(measure.exactAt(5)).toBeNull();
    expect(measure.pointsMilliAt(5)).toBe(2_000);
    expect(measureOf({ ...rule, capMilli: 1_500 }, 1_000, course).pointsMilliAt(5)).toBe(1_500);
  });

  it('a dimension that scores its value scores `otherwise` too, not zero', () => {
    const measure = measureOf({ ...rule, steps: null }, 1_000, course);
    expect(measure.pointsMilliAt(5)).toBe(2_000);
    expect(measure.pointsMilliAt(10)).toBe(95_000);
  });

  it('the lowest step is the one to reach', () => {
    expect(measureOf(rule, 1_000, course).scoreAt(30)).toEqual({
      name: 'mood',
      value: null,
      pointsMilli: 2_000,
      weightMilli: 1_000,
      borderBelow: null,
      borderAbove: 50,
    });
  });

  it('the lowest quantile, which has no lower end, is none to reach', () => {
    const steps = [...rule.steps, { atLeast: Number.NEGATIVE_INFINITY, pointsMilli: 1_000 }];
    const measure = measureOf({ ...rule, steps }, 1_000, course);
    expect(measure.pointsMilliAt(5)).toBe(2_000);
    expect(measure.scoreAt(5).borderAbove).toBe(50);
  });

  it('the points change when a value comes and when it goes', () => {
    const measure = measureOf(rule, 1_000, course);
    expect(measure.nextChangeAfter(0)).toBe(10);
    expect(measure.nextChangeAfter(10)).toBe(20);
    expect(measure.nextChangeAfter(20)).toBe(40);
    expect(measure.nextChangeAfter(40)).toBe(Infinity);
  });
});
