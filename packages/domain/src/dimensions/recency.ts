import { DAY_MS, type Instant } from '../instant.ts';
import type { LedgerView } from '../ledger/ledger-view.ts';
import type { RecencyDimension } from '../policy/policy.ts';
import { countUpTo } from '../sorted.ts';
import type { Unscored } from '../tier/tier-change.ts';
import type { Measure } from './measure.ts';
import { capped } from './steps.ts';

/** Instants of the counted orders, ascending, with the last one that has left the ledger in its place. */
export function countedEver({ ledger, countedAt }: LedgerView): readonly Instant[] {
  const { olderOrders } = ledger;
  if (olderOrders === null) return countedAt;
  return countedAt.toSpliced(countUpTo(countedAt, olderOrders.lastAt), 0, olderOrders.lastAt);
}

/** The last counted order at or before `at`, null when there is none. */
export function lastOrderAt(instants: readonly Instant[], at: Instant): Instant | null {
  return instants[countUpTo(instants, at) - 1] ?? null;
}

/** Rising; without a step there is only `otherwise`. */
export interface RecencyScoring {
  readonly steps: RecencyDimension['steps'];
  readonly unscored: Unscored | null;
}

export function measureRecency(
  dimension: RecencyDimension,
  instants: readonly Instant[],
  { steps, unscored }: RecencyScoring,
): Measure {
  const { name, weightMilli, otherwiseMilli, capMilli } = dimension;
  const pointsMilliAt = (at: Instant): number => {
    const last = lastOrderAt(instants, at);
    const step = last === null ? undefined : steps.find((it) => at - last < it.withinMs);
    return capped(step?.pointsMilli ?? otherwiseMilli, capMilli);
  };
  const valueAt = (at: Instant): number | null => {
    const last = lastOrderAt(instants, at);
    return last === null ? null : Math.floor((at - last) / DAY_MS);
  };
  return {
    name,
    weightMilli,
    valueAt,
    exactAt: valueAt,
    thresholds: [],
    pointsMilliAt,
    nextChangeAfter(at) {
      let next = instants[countUpTo(instants, at)] ?? Infinity;
      const last = lastOrderAt(instants, at);
      if (last === null) return next;
      for (const step of steps) {
        const end = last + step.withinMs;
        if (end > at && end < next) next = end;
      }
      return next;
    },
    scoreAt(at) {
      const last = lastOrderAt(instants, at);
      const index = last === null ? -1 : steps.findIndex((it) => at - last < it.withinMs);
      const better = index === -1 ? steps.at(-1) : steps[index - 1];
      return {
        name,
        value: valueAt(at),
        pointsMilli: pointsMilliAt(at),
        weightMilli,
        borderBelow: daysOf(steps[index]),
        borderAbove: daysOf(better),
        ...(unscored === null ? {} : { unscored }),
      };
    },
  };
}

/** Null for no step, and for the last quantile, which has no end. */
function daysOf(step: RecencyDimension['steps'][number] | undefined): number | null {
  return step === undefined || step.withinMs === Infinity ? null : step.withinMs / DAY_MS;
}
