import { DAY_MS, type Dimension, type Purchase } from '@strata/domain';
import {
  aCancellation,
  aComplaint,
  aLifecycle,
  aPolicy,
  aPurchase,
  day,
} from '@strata/domain/builders';
import { describe, expect, test } from 'vitest';

import { type Story, tell } from './tell.ts';

/** Stories for guards that random histories seldom come near. */
function holds(story: Story, told: readonly string[]): void {
  const { byFold, byOracle } = tell(story);
  expect(byOracle).toEqual(told);
  expect(byFold).toEqual(told);
}

const buys = (...on: number[]): Purchase[] => on.map((it) => aPurchase(day(it)));
const frequency = aPolicy().dimensions[0] as Dimension;
const complaints: Dimension = {
  name: 'complaints',
  of: 'complaints',
  windowMs: 10 * DAY_MS,
  weightMilli: -1_000,
  capMilli: null,
  otherwiseMilli: 0,
  steps: [],
  perMilli: { low: 1_000, medium: 2_000, high: 3_000, critical: 4_000 },
  resolvedCountsMilli: 0,
};

describe('a guard', () => {
  test('lets a promotion stand that is older than the corrected order, whatever else came late', () => {
    const [third] = buys(3) as [Purchase];
    const policy = aPolicy({
      dimensions: [frequency, complaints],
      lifecycle: aLifecycle({ graceMs: 10 * DAY_MS }),
    });
    const cancelled = aCancellation(third, { occurredAt: day(4) });
    const events = [...buys(0, 1), aComplaint(day(0.5)), third, cancelled];
    holds({ policy, events, until: 60 }, [
      '0 assigned >bronze event',
      '1 promoted bronze>silver event',
      '40 demoted silver>bronze time',
    ]);
  });

  test('looks once at the end of a period: the next step down waits for the next year', () => {
    const lifecycle = aLifecycle({ qualification: 'calendar', softLanding: 'one' });
    // The tests' day 47 is 1 January 2024, day 413 that of 2025.
    holds({ policy: aPolicy({ lifecycle }), events: buys(0, 1, 2, 3), until: 420 }, [
      '0 assigned >bronze event',
      '1 promoted bronze>silver event',
      '3 promoted silver>gold event',
      '47 demoted gold>silver time',
      '413 demoted silver>bronze time',
    ]);
  });
});
