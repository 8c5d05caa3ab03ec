import {
  type CustomerEvent,
  DAY_MS,
  type Dimension,
  type Instant,
  type Lifecycle,
  type Policy,
  type Purchase,
} from '@strata/domain';
import { aLifecycle, aPolicy, aPurchase, day } from '@strata/domain/builders';
import { expect, test } from 'vitest';

import { tell } from './tell.ts';

/** The builders' policy: points are orders of the last 30 days; silver from 2 to 2, gold from 4 to 3. */
export const living = (changes: Partial<Lifecycle>): Policy =>
  aPolicy({ lifecycle: aLifecycle(changes) });
export const days = (count: number): number => count * DAY_MS;
export const buys = (...on: number[]): Purchase[] => on.map((it) => aPurchase(day(it)));

const dimension = { weightMilli: 1_000, capMilli: null, otherwiseMilli: 0, steps: [] };
export const recency = {
  ...dimension,
  name: 'recency',
  of: 'recency',
  steps: [{ withinMs: days(14), pointsMilli: 2_000 }],
} satisfies Dimension;
export const revenue = {
  ...dimension,
  name: 'revenue',
  of: 'revenue',
  windowMs: days(30),
  steps: [{ atLeastMilli: 100_000, pointsMilli: 2_000 }],
} satisfies Dimension;
export const complaints = {
  ...dimension,
  name: 'complaints',
  of: 'complaints',
  windowMs: days(10),
  weightMilli: -1_000,
  perMilli: { low: 1_000, medium: 2_000, high: 3_000, critical: 4_000 },
  resolvedCountsMilli: 0,
} satisfies Dimension;
export const frequency = aPolicy().dimensions[0] as Dimension;
let number = 0;
export const eventOf = (at: Instant) => ({
  source: 'shop',
  eventId: `x${++number}`,
  customerId: 'c1',
  occurredAt: at,
});
export const feedback = (on: number): CustomerEvent => ({
  ...eventOf(day(on)),
  type: 'feedback',
  score: 5,
  scale: 5,
});
export const orderlessRefund = (on: number, minor: number): CustomerEvent => ({
  ...eventOf(day(on)),
  type: 'refund',
  amount: { minor, currency: 'CNY' },
});
export const resolution = (on: number): CustomerEvent => ({
  ...eventOf(day(on)),
  source: 'desk',
  type: 'complaint-resolved',
  ticketId: 't1',
});
export const reinstatement = (of: Purchase, on: number): CustomerEvent => ({
  ...eventOf(day(on)),
  type: 'order-reinstated',
  orderSource: of.orderSource,
  orderId: of.orderId,
});
export const yuan = (minor: number) => ({ minor, currency: 'CNY' });

interface Example {
  readonly why: string;
  readonly policy?: Policy;
  readonly events: readonly CustomerEvent[];
  readonly until?: number;
  readonly horizonDays?: number;
  readonly told: readonly string[];
}

export function holds(examples: readonly Example[]): void {
  test.each(examples)(
    '$why',
    ({ policy = aPolicy(), events, until = 100, horizonDays = 800, told }) => {
      const { byFold, byOracle } = tell({ policy, events, until, horizonDays });
      expect(byOracle).toEqual(told);
      expect(byFold).toEqual(told);
    },
  );
}
