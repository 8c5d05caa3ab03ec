import type { Hash64 } from '../hash64.ts';
import type { Order } from '../ledger/orders.ts';
import type { Measure } from './measure.ts';
import { measureDistinct, type WindowRule } from './windowed.ts';

/**
 * How many different categories, or channels, the parts of counted orders name; each part at its own instant, and
 * none that refunds took away.
 */
export function measureVariety(
  rule: WindowRule,
  orders: readonly Order[],
  label: 'category' | 'channel',
): Measure {
  const entries: { readonly at: number; readonly label: Hash64 }[] = [];
  for (const order of orders) {
    if (!order.counts) continue;
    for (const part of order.remaining) {
      const named = part[label];
      if (named !== undefined) entries.push({ at: part.at, label: named });
    }
  }
  return measureDistinct(
    rule,
    entries.sort((a, b) => a.at - b.at),
  );
}
