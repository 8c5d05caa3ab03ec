import { DAY_MS, type Instant } from '../instant.ts';
import type { LedgerView } from '../ledger/ledger-view.ts';
import type { RecencyDimension } from '../policy/policy.ts';
import { countUpTo } from '../sorted.ts';
import type { DimensionScore, Unscored } from '../tier/tier-change.ts';
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
  scoring: RecencyScoring,
): Measure {
  return new RecencyMeasure(dimension, instants, scoring);
}

class RecencyMeasure implements Measure {
  readonly thresholds = [];
  readonly #dimension: RecencyDimension;
  readonly #instants: readonly Instant[];
  readonly #scoring: RecencyScoring;

  constructor(dimension: RecencyDimension, instants: readonly Instant[], scoring: RecencyScoring) {
    this.#dimension = dimension;
    this.#instants = instants;
    this.#scoring = scoring;
  }

  get name(): string {
    return this.#dimension.name;
  }

  get weightMilli(): number {
    return this.#dimension.weightMilli;
  }

  valueAt(at: Instant): number | null {
    const last = lastOrderAt(this.#instants, at);
    return last === null ? null : Math.floor((at - last) / DAY_MS);
  }

  exactAt(at: Instant): number | null {
    return this.valueAt(at);
  }

  pointsMilliAt(at: Instant): number {
    const { otherwiseMilli, capMilli } = this.#dimension;
    const step = this.#scoring.steps[this.#placeAt(at)];
    return capped(step?.pointsMilli ?? otherwiseMilli, capMilli);
  }

  nextChangeAfter(at: Instant): Instant {
    const instants = this.#instants;
    const count = countUpTo(instants, at);
    let next = instants[count] ?? Infinity;
    const last = instants[count - 1];
    if (last === undefined) return next;
    for (const { withinMs } of this.#scoring.steps) {
      const end = last + withinMs;
      if (end > at && end < next) next = end;
    }
    return next;
  }

  scoreAt(at: Instant): DimensionScore {
    const { steps, unscored } = this.#scoring;
    const index = this.#placeAt(at);
    const better = index === -1 ? steps.at(-1) : steps[index - 1];
    return {
      name: this.name,
      value: this.valueAt(at),
      pointsMilli: this.pointsMilliAt(at),
      weightMilli: this.weightMilli,
      borderBelow: daysOf(steps[index]),
      borderAbove: daysOf(better),
      ...(unscored === null ? {} : { unscored }),
    };
  }

  /** Of the step that the last order reaches; -1 for none. */
  #placeAt(at: Instant): number {
    const last = lastOrderAt(this.#instants, at);
    if (last === null) return -1;
    const { steps } = this.#scoring;
    for (let place = 0; place < steps.length; place++) {
      if (at - last < (steps[place]?.withinMs ?? 0)) return place;
    }
    return -1;
  }
}

/** Null for no step, and for the last quantile, which has no end. */
function daysOf(step: RecencyDimension['steps'][number] | undefined): number | null {
  return step === undefined || step.withinMs === Infinity ? null : step.withinMs / DAY_MS;
}
