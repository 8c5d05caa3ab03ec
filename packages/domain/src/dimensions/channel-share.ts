import { percentMilliOf } from '../decimal.ts';
import type { Hash64 } from '../hash64.ts';
import type { Instant } from '../instant.ts';
import type { Order } from '../ledger/orders.ts';
import { countUpTo } from '../sorted.ts';
import type { Measure } from './measure.ts';
import { measureOf, nextEdge, type WindowRule } from './windowed.ts';

/** Of the orders in the window that name a channel, the percentage of one channel, to 3 decimals; none, no value. */
export function measureChannelShare(
  rule: WindowRule,
  orders: readonly Order[],
  channel: Hash64,
): Measure {
  const named = orders.filter((order) => order.counts && order.channel !== undefined);
  const all = ascending(named);
  const ofChannel = ascending(named.filter((order) => order.channel === channel));
  const within = (instants: readonly Instant[], at: Instant): number =>
    countUpTo(instants, at) - countUpTo(instants, at - rule.windowMs);
  return measureOf(rule, 1_000, {
    scaledAt(at) {
      const total = within(all, at);
      return total === 0 ? null : percentMilliOf(within(ofChannel, at), total);
    },
    nextChangeAfter: (at) => nextEdge(all, at, rule.windowMs),
  });
}

function ascending(orders: readonly Order[]): readonly Instant[] {
  return orders.map((order) => order.at).toSorted((a, b) => a - b);
}
