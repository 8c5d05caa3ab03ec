import { DAY_MS, type Dimension, type Instant } from '@strata/domain';

import { nextTierChange } from './life.ts';
import { ordersAt, purchaseDaysAt, recencyDaysAt, revenueAt, valueAt } from './measure.ts';
import type { Oracle } from './oracle.ts';
import { segmentAt } from './score.ts';

const DEFAULT_WINDOW_MS = 365 * DAY_MS;

/** The columns of `profiles` at one instant; values of complaints and engagement in millionths. */
export interface NaiveProfile {
  readonly tier: string | null;
  readonly segment: string | null;
  readonly scoreMilli: number | null;
  readonly recencyDays: number | null;
  readonly orders: number;
  readonly purchaseDays: number;
  readonly revenueMinor: number;
  readonly complaintsMicro: bigint | null;
  readonly engagementMicro: bigint | null;
  readonly nextCrossingAt: Instant | null;
}

/** Null for a customer without any event at or before `at`. */
export function profileAt(oracle: Oracle, customerId: string, at: Instant): NaiveProfile | null {
  const customer = oracle.customerAt(customerId, at);
  const world = oracle.worldOf(customer);
  const { history, life } = customer;
  if (!history.some(({ event }) => event.occurredAt <= at)) return null;
  const first = (of: Dimension['of']): Dimension | undefined =>
    world.policy.dimensions.find((dimension) => dimension.of === of);
  const windowOf = (of: 'orders' | 'revenue'): number => {
    const dimension = first(of);
    return dimension !== undefined && 'windowMs' in dimension
      ? dimension.windowMs
      : DEFAULT_WINDOW_MS;
  };
  const complaints = first('complaints');
  const engagement = first('engagement');
  const { timeZone } = world.policy;
  return {
    tier: life?.tier ?? null,
    segment: life === null ? null : segmentAt(world.policy, history, at),
    scoreMilli: life === null ? null : world.score(at),
    recencyDays: recencyDaysAt(history, at),
    orders: ordersAt(history, at, windowOf('orders')),
    // The window is that of the orders column, also where a dimension counts purchase days in another one.
    purchaseDays: purchaseDaysAt(history, at, { windowMs: windowOf('orders'), timeZone }),
    revenueMinor: revenueAt(history, at, windowOf('revenue')),
    complaintsMicro: complaints === undefined ? null : valueAt(complaints, history, at),
    engagementMicro: engagement === undefined ? null : valueAt(engagement, history, at),
    nextCrossingAt: life === null ? null : (nextTierChange(world, life, at)?.effectiveAt ?? null),
  };
}
