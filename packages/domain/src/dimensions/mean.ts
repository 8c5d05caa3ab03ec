import { divideHalfEven } from '../decimal.ts';
import type { Instant } from '../instant.ts';
import { countUpTo, runningTotals } from '../sorted.ts';
import type { Measure } from './measure.ts';
import { measureOf, nextEdge, type WindowRule } from './windowed.ts';

/** The mean of the opinions in the window, 0 to 100 to 3 decimals; none, no value. `entries` are in the order of time. */
export function measureMean(
  rule: WindowRule,
  entries: readonly { readonly at: Instant; readonly percentMilli: number }[],
): Measure {
  const instants = entries.map(({ at }) => at);
  const totals = runningTotals(entries.map(({ percentMilli }) => percentMilli));
  return measureOf(rule, 1_000, {
    scaledAt(at) {
      const from = countUpTo(instants, at - rule.windowMs);
      const to = countUpTo(instants, at);
      if (from === to) return null;
      return divideHalfEven((totals[to] as number) - (totals[from] as number), to - from);
    },
    nextChangeAfter: (at) => nextEdge(instants, at, rule.windowMs),
  });
}
