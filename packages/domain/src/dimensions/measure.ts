import type { Instant } from '../instant.ts';
import type { DimensionScore } from '../tier/tier-change.ts';

/**
 * One dimension of one customer as a function of time, for a ledger that stands still. All of a dimension's answers
 * look only at what is dated at or before the instant asked for.
 */
export interface Measure {
  readonly name: string;
  readonly weightMilli: number;
  /** In the dimension's own unit; null where there is nothing to measure. */
  valueAt(at: Instant): number | null;
  /** The same as a whole number of the smallest unit it can differ by: what a calibration ranks. */
  exactAt(at: Instant): number | null;
  /** Values, in its own unit, at which the points become other ones; empty for recency, which only time lowers. */
  readonly thresholds: readonly number[];
  pointsMilliAt(at: Instant): number;
  /** The next instant after `at` at which the points may differ; Infinity for never. Never too late, sometimes too early. */
  nextChangeAfter(at: Instant): Instant;
  scoreAt(at: Instant): DimensionScore;
  /** The amount of one more order, in minor units, that would bring the value to `threshold`; only where money counts. */
  orderReaching?(threshold: number, at: Instant): number;
}
