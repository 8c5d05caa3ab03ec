import { DAY_MS, type Instant } from '@strata/domain';

import { worldOf } from './customer.ts';
import type { NaiveDimension } from './grammar.ts';
import { valueOf } from './measure.ts';
import type { Oracle } from './oracle.ts';
import { ordersAt, purchaseDaysAt, recencyDaysAt, revenueAt } from './purchases.ts';
import { segmentAt } from './score.ts';
import { nextTierChange } from './settle.ts';

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
  readonly referralsMicro: bigint | null;
  readonly pAliveMicro: bigint | null;
  readonly clvMicro: bigint | null;
  readonly nextCrossingAt: Instant | null;
}

/** Null for a customer without any event at or before `at`. */
export function profileAt(oracle: Oracle, customerId: string, at: Instant): NaiveProfile | null {
  const customer = oracle.customerAt(customerId, at);
  const world = worldOf(customer);
  const { history, life } = customer;
  // Who has no policy yet is counted in the windows of the one for every existing customer.
  const policy =
    customer.policy ?? oracle.policies.find((it) => it.appliesTo === 'existing') ?? null;
  if (!history.some(({ event }) => event.occurredAt <= at)) return null;
  const first = (of: NaiveDimension['of']): NaiveDimension | undefined =>
    policy?.dimensions.find((dimension) => dimension.of === of);
  const windowOf = (of: 'orders' | 'revenue'): number => {
    const dimension = first(of);
    return dimension !== undefined && 'windowMs' in dimension
      ? dimension.windowMs
      : DEFAULT_WINDOW_MS;
  };
  const timeZone = policy?.timeZone ?? 'UTC';
  const microOf = (of: NaiveDimension['of']): bigint | null => {
    const dimension = first(of);
    return dimension === undefined ? null : valueOf({ dimension, timeZone }, history, at);
  };
  const isGraded = world !== null && life !== null;
  return {
    tier: life?.tier ?? null,
    segment: isGraded ? segmentAt(world.policy, history, at) : null,
    scoreMilli: isGraded ? world.score(at) : null,
    recencyDays: recencyDaysAt(history, at),
    orders: ordersAt(history, at, windowOf('orders')),
    // The window is that of the orders column, also where a dimension counts purchase days in another one.
    purchaseDays: purchaseDaysAt(history, at, { windowMs: windowOf('orders'), timeZone }),
    revenueMinor: revenueAt(history, at, windowOf('revenue')),
    complaintsMicro: microOf('complaints'),
    engagementMicro: microOf('engagement'),
    referralsMicro: microOf('referrals'),
    pAliveMicro: microOf('p_alive'),
    clvMicro: microOf('clv'),
    nextCrossingAt: isGraded ? (nextTierChange(world, life, at)?.effectiveAt ?? null) : null,
  };
}
