import type { Instant } from '../instant.ts';
import { countUpTo } from '../sorted.ts';
import type { AmountSeries, GainsAndLosses } from './amount-series.ts';
import type { Measure } from './measure.ts';
import { bordersOf, type ExactBorders, pointsMilliOf, type Scale, type Scoring } from './steps.ts';

export interface ValueRule extends Scoring {
  readonly name: string;
  readonly weightMilli: number;
  readonly otherwiseMilli: number;
  readonly capMilli: number | null;
}

export interface WindowRule extends ValueRule {
  readonly windowMs: number;
}

/**
 * The sum over the window (at - windowMs, at], never below zero: orders count one each, revenue its remaining parts
 * less the refunds that name no order. An entry at t leaves at t + windowMs, exactly.
 */
export function measureSum(rule: WindowRule, amounts: GainsAndLosses): Measure {
  return measureOf(rule, 1_000, sumCourse(amounts, rule.windowMs));
}

/** A course that always has a value. */
export interface SumCourse extends Course {
  scaledAt(at: Instant): number;
}

export function sumCourse(amounts: GainsAndLosses, windowMs: number): SumCourse {
  const gains = new WindowTotal(amounts.gains, windowMs);
  const losses = new WindowTotal(amounts.losses, windowMs);
  const sumAt = (at: Instant): number => Math.max(0, gains.at(at) + losses.at(at));
  return {
    scaledAt: sumAt,
    nextChangeAfter: (at) => Math.min(gains.nextEdge(at), losses.nextEdge(at)),
    // While nothing enters, gains only shrink and losses only heal: the sum cannot fall below the lower border
    // before the gains alone would, nor rise to the upper one before the losses alone would let it.
    nextCrossingAfter: (at, { low, high }) =>
      Math.min(
        gains.nextEntry(at),
        losses.nextEntry(at),
        low === null ? Infinity : gains.fallsBelow(at, low - losses.at(at)),
        high === null ? Infinity : losses.risesTo(at, high - gains.at(at)),
      ),
  };
}

/** The total of amounts of one sign over a sliding window. */
class WindowTotal {
  readonly #windowMs: number;
  readonly #amounts: AmountSeries;

  constructor(amounts: AmountSeries, windowMs: number) {
    this.#windowMs = windowMs;
    this.#amounts = amounts;
  }

  at(at: Instant): number {
    return this.#amounts.total(this.#amounts.countUpTo(at)) - this.#amounts.total(this.#left(at));
  }

  /** The next instant at which an amount enters the window or leaves it. */
  nextEdge(at: Instant): Instant {
    return Math.min(this.nextEntry(at), this.#amounts.instant(this.#left(at)) + this.#windowMs);
  }

  nextEntry(at: Instant): Instant {
    return this.#amounts.instant(this.#amounts.countUpTo(at));
  }

  /** When the total of gains falls below `limit`, if nothing enters. */
  fallsBelow(at: Instant, limit: number): Instant {
    return this.#firstLeaving(at, (rest) => rest < limit);
  }

  /** When the total of losses rises to `limit`, if nothing enters. */
  risesTo(at: Instant, limit: number): Instant {
    return this.#firstLeaving(at, (rest) => rest >= limit);
  }

  /** The rest only moves one way as amounts leave, so the first leaving that satisfies is found by halving. */
  #firstLeaving(at: Instant, satisfies: (rest: number) => boolean): Instant {
    const entered = this.#amounts.countUpTo(at);
    const all = this.#amounts.total(entered);
    let low = this.#left(at);
    let high = entered;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (satisfies(all - this.#amounts.total(middle + 1))) high = middle;
      else low = middle + 1;
    }
    return low < entered ? this.#amounts.instant(low) + this.#windowMs : Infinity;
  }

  #left(at: Instant): number {
    return this.#amounts.countUpTo(at - this.#windowMs);
  }
}

/** How many different labels the window holds: local days of orders, categories, channels. `entries` by instant. */
export function measureDistinct(
  rule: WindowRule,
  entries: readonly { readonly at: Instant; readonly label: unknown }[],
): Measure {
  const instants = entries.map(({ at }) => at);
  const labels = entries.map(({ label }) => label);
  const countAt = (at: Instant): number => {
    const from = countUpTo(instants, at - rule.windowMs);
    return new Set(labels.slice(from, countUpTo(instants, at))).size * 1_000;
  };
  return measureOf(rule, 1_000, {
    scaledAt: countAt,
    nextChangeAfter: (at) => nextEdge(instants, at, rule.windowMs),
  });
}

/** An exact value over time: what it is at an instant, and when it may next be another. */
export interface Course {
  /** Null where there is nothing to measure: it scores `otherwise`. */
  scaledAt(at: Instant): number | null;
  nextChangeAfter(at: Instant): Instant;
  /**
   * Not later than the value falls below `low` or reaches `high` (both scaled); where it is known without a walk.
   * Where there is no value both are null.
   */
  nextCrossingAfter?(at: Instant, between: ExactBorders): Instant;
}

export function measureOf(rule: ValueRule, scale: Scale, course: Course): Measure {
  const { name, weightMilli, steps, unscored } = rule;
  const scaledAt = (at: Instant): number | null => course.scaledAt(at);
  // Walks ask again and again between two changes, and some values are dear: the last span without one is remembered.
  let span = { from: Infinity, until: -Infinity, points: Number.NaN };
  const pointsMilliAt = (at: Instant): number =>
    at >= span.from && at < span.until ? span.points : pointsMilliOf(rule, scaledAt(at), scale);
  const inUnit = (scaled: number | null): number | null =>
    scaled === null ? null : scaled / scale;
  return {
    name,
    weightMilli,
    valueAt: (at) => inUnit(scaledAt(at)),
    exactAt: scaledAt,
    thresholds: (steps ?? []).map((it) => it.atLeast / scale).filter(Number.isFinite),
    pointsMilliAt,
    nextChangeAfter(at) {
      if (at >= span.from && at < span.until) return span.until;
      const after = (instant: Instant, scaled: number | null): Instant =>
        steps === null || course.nextCrossingAfter === undefined
          ? course.nextChangeAfter(instant)
          : course.nextCrossingAfter(instant, bordersOf(steps, scaled));
      let scaled = scaledAt(at);
      const points = pointsMilliOf(rule, scaled, scale);
      let next = after(at, scaled);
      while (next !== Infinity) {
        scaled = scaledAt(next);
        if (pointsMilliOf(rule, scaled, scale) !== points) break;
        next = after(next, scaled);
      }
      span = { from: at, until: next, points };
      return next;
    },
    scoreAt(at) {
      const scaled = scaledAt(at);
      const { low, high } = bordersOf(steps ?? [], scaled);
      return {
        name,
        value: inUnit(scaled),
        pointsMilli: pointsMilliAt(at),
        weightMilli,
        borderBelow: inUnit(low),
        borderAbove: inUnit(high),
        ...(unscored === null ? {} : { unscored }),
      };
    },
  };
}

/** When one of the ascending instants next enters the window or leaves it. */
export function nextEdge(instants: readonly Instant[], at: Instant, windowMs: number): Instant {
  const enters = instants[countUpTo(instants, at)] ?? Infinity;
  const oldest = instants[countUpTo(instants, at - windowMs)];
  return Math.min(enters, oldest === undefined ? Infinity : oldest + windowMs);
}
