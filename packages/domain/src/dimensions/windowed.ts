import type { Instant } from '../instant.ts';
import { countUpTo } from '../sorted.ts';
import type { DimensionScore } from '../tier/tier-change.ts';
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
  return measureOf(rule, 1_000, new SumCourse(amounts, rule.windowMs));
}

/** The course of a sum over a window; it always has a value. */
export class SumCourse implements Course {
  readonly #gains: WindowTotal;
  readonly #losses: WindowTotal;

  constructor(amounts: GainsAndLosses, windowMs: number) {
    this.#gains = new WindowTotal(amounts.gains, windowMs);
    this.#losses = new WindowTotal(amounts.losses, windowMs);
  }

  scaledAt(at: Instant): number {
    return Math.max(0, this.#gains.at(at) + this.#losses.at(at));
  }

  nextChangeAfter(at: Instant): Instant {
    return Math.min(this.#gains.nextEdge(at), this.#losses.nextEdge(at));
  }

  /**
   * While nothing enters, gains only shrink and losses only heal: the sum cannot fall below the lower border before the
   * gains alone would, nor rise to the upper one before the losses alone would let it.
   */
  nextCrossingAfter(at: Instant, { low, high }: ExactBorders): Instant {
    return Math.min(
      this.#gains.nextEntry(at),
      this.#losses.nextEntry(at),
      low === null ? Infinity : this.#gains.fallsBelow(at, low - this.#losses.at(at)),
      high === null ? Infinity : this.#losses.risesTo(at, high - this.#gains.at(at)),
    );
  }
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
    return this.#firstLeaving(at, limit, 1);
  }

  /** When the total of losses rises to `limit`, if nothing enters. */
  risesTo(at: Instant, limit: number): Instant {
    return this.#firstLeaving(at, limit, -1);
  }

  /**
   * When what is left is below the limit (sign 1), or has risen to it (-1). It only moves one way as amounts leave, so the
   * first leaving that brings it there is found by halving.
   */
  #firstLeaving(at: Instant, limit: number, sign: 1 | -1): Instant {
    const entered = this.#amounts.countUpTo(at);
    const all = this.#amounts.total(entered);
    let low = this.#left(at);
    let high = entered;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const rest = all - this.#amounts.total(middle + 1);
      if (sign === 1 ? rest < limit : rest >= limit) high = middle;
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
  return new CourseMeasure(rule, scale, course);
}

/** By a value over time and the steps that make points of it. */
export class CourseMeasure implements Measure {
  readonly #rule: ValueRule;
  readonly #scale: Scale;
  readonly #course: Course;
  // Walks ask again and again between two changes, and some values are dear: the last span without one is remembered.
  #spanFrom: Instant = Infinity;
  #spanUntil: Instant = Number.NEGATIVE_INFINITY;
  #spanPoints = 0;

  constructor(rule: ValueRule, scale: Scale, course: Course) {
    this.#rule = rule;
    this.#scale = scale;
    this.#course = course;
  }

  get name(): string {
    return this.#rule.name;
  }

  get weightMilli(): number {
    return this.#rule.weightMilli;
  }

  get thresholds(): readonly number[] {
    const steps = this.#rule.steps ?? [];
    return steps.map((it) => it.atLeast / this.#scale).filter(Number.isFinite);
  }

  valueAt(at: Instant): number | null {
    return this.#inUnit(this.#course.scaledAt(at));
  }

  exactAt(at: Instant): number | null {
    return this.#course.scaledAt(at);
  }

  pointsMilliAt(at: Instant): number {
    if (at >= this.#spanFrom && at < this.#spanUntil) return this.#spanPoints;
    return pointsMilliOf(this.#rule, this.#course.scaledAt(at), this.#scale);
  }

  nextChangeAfter(at: Instant): Instant {
    if (at >= this.#spanFrom && at < this.#spanUntil) return this.#spanUntil;
    let scaled = this.#course.scaledAt(at);
    const points = pointsMilliOf(this.#rule, scaled, this.#scale);
    let next = this.#after(at, scaled);
    while (next !== Infinity) {
      scaled = this.#course.scaledAt(next);
      if (pointsMilliOf(this.#rule, scaled, this.#scale) !== points) break;
      next = this.#after(next, scaled);
    }
    this.#spanFrom = at;
    this.#spanUntil = next;
    this.#spanPoints = points;
    return next;
  }

  scoreAt(at: Instant): DimensionScore {
    const { name, weightMilli, steps, unscored } = this.#rule;
    const scaled = this.#course.scaledAt(at);
    const { low, high } = bordersOf(steps ?? [], scaled);
    return {
      name,
      value: this.#inUnit(scaled),
      pointsMilli: this.pointsMilliAt(at),
      weightMilli,
      borderBelow: this.#inUnit(low),
      borderAbove: this.#inUnit(high),
      ...(unscored === null ? {} : { unscored }),
    };
  }

  #after(at: Instant, scaled: number | null): Instant {
    const { steps } = this.#rule;
    const course = this.#course;
    return steps === null || course.nextCrossingAfter === undefined
      ? course.nextChangeAfter(at)
      : course.nextCrossingAfter(at, bordersOf(steps, scaled));
  }

  #inUnit(scaled: number | null): number | null {
    return scaled === null ? null : scaled / this.#scale;
  }
}

/** When one of the ascending instants next enters the window or leaves it. */
export function nextEdge(instants: readonly Instant[], at: Instant, windowMs: number): Instant {
  const enters = instants[countUpTo(instants, at)] ?? Infinity;
  const oldest = instants[countUpTo(instants, at - windowMs)];
  return Math.min(enters, oldest === undefined ? Infinity : oldest + windowMs);
}
