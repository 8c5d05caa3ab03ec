import { divideHalfEven } from '../decimal.ts';
import type { Instant } from '../instant.ts';
import type { LedgerView } from '../ledger/ledger-view.ts';
import type { Measure } from './measure.ts';
import { type Course, CourseMeasure, SumCourse, type WindowRule } from './windowed.ts';

/** Revenue of the window over its orders, in minor units to 3 decimals; no order, no value. */
export function measureAverageOrder(
  rule: WindowRule,
  { revenue, orderCount }: Pick<LedgerView, 'revenue' | 'orderCount'>,
): Measure {
  const sums = new SumCourse(revenue, rule.windowMs);
  const counts = new SumCourse(orderCount, rule.windowMs);
  return new AverageOrderMeasure(rule, sums, counts);
}

class AverageOrderMeasure extends CourseMeasure {
  readonly #sums: SumCourse;
  readonly #counts: SumCourse;

  constructor(rule: WindowRule, sums: SumCourse, counts: SumCourse) {
    super(rule, 1_000, averageCourse(sums, counts));
    this.#sums = sums;
    this.#counts = counts;
  }

  orderReaching(threshold: number, at: Instant): number {
    const orders = this.#counts.scaledAt(at) / 1_000 + 1;
    return threshold * orders - this.#sums.scaledAt(at) / 1_000;
  }
}

function averageCourse(sums: SumCourse, counts: SumCourse): Course {
  return {
    scaledAt(at) {
      const orders = counts.scaledAt(at) / 1_000;
      return orders === 0 ? null : divideHalfEven(sums.scaledAt(at), orders);
    },
    nextChangeAfter: (at) => Math.min(sums.nextChangeAfter(at), counts.nextChangeAfter(at)),
  };
}
