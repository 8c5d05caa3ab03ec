import { divideHalfEven } from '../decimal.ts';
import type { LedgerView } from '../ledger/ledger-view.ts';
import type { Measure } from './measure.ts';
import { measureOf, sumCourse, type WindowRule } from './windowed.ts';

/** Revenue of the window over its orders, in minor units to 3 decimals; no order, no value. */
export function measureAverageOrder(
  rule: WindowRule,
  { revenue, orderCount }: Pick<LedgerView, 'revenue' | 'orderCount'>,
): Measure {
  const sums = sumCourse(revenue, rule.windowMs);
  const counts = sumCourse(orderCount, rule.windowMs);
  const measure = measureOf(rule, 1_000, {
    scaledAt(at) {
      const orders = counts.scaledAt(at) / 1_000;
      return orders === 0 ? null : divideHalfEven(sums.scaledAt(at), orders);
    },
    nextChangeAfter: (at) => Math.min(sums.nextChangeAfter(at), counts.nextChangeAfter(at)),
  });
  return {
    ...measure,
    orderReaching: (threshold, at) =>
      threshold * (counts.scaledAt(at) / 1_000 + 1) - sums.scaledAt(at) / 1_000,
  };
}
