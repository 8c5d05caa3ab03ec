import type { TransactionLog, Transactions } from '../clv/transactions.ts';
import { divideHalfEven } from '../decimal.ts';
import type { Instant } from '../instant.ts';
import { firstBelow } from './first-below.ts';
import type { ExactBorders, ExactStep } from './steps.ts';
import type { Course } from './windowed.ts';

/** A value that only falls while nothing happens; unrounded, in its exact unit. */
export type FallingCurve = (at: Instant) => number;

interface FallingRule {
  readonly log: TransactionLog;
  /** Null where the value itself is the points. */
  readonly steps: readonly ExactStep[] | null;
  /** The value is a multiple of it: it is rounded first, half to even, and then held against borders. */
  readonly grain: number;
  /** Null where the model has no value for such a customer. */
  readonly curveOf: (transactions: Transactions) => FallingCurve | null;
}

/** Between two edges of the transactions the value only falls, so each border is crossed at one instant at most. */
interface Stretch {
  readonly since: Instant;
  readonly curve: FallingCurve;
  readonly crossings: Map<number, Instant>;
}

/**
 * P(alive) and CLV over time. Where a border is near, the instant at which it is crossed says on which side the value
 * is, so that the last bit of a curve that hardly falls cannot make it flicker.
 */
export class FallingCourse implements Course {
  readonly #rule: FallingRule;
  readonly #stretches = new Map<Transactions, Stretch | null>();

  constructor(rule: FallingRule) {
    this.#rule = rule;
  }

  scaledAt(at: Instant): number | null {
    const stretch = this.#stretchAt(at);
    if (stretch === null) return null;
    const { grain } = this.#rule;
    const scaled = this.#rounded(stretch.curve(at));
    for (const reach of this.#reachesNear(scaled)) {
      if (Math.abs(scaled - reach) > grain) continue;
      const isCrossed = at >= this.#crossing(stretch, reach);
      return isCrossed ? Math.min(scaled, reach - grain) : Math.max(scaled, reach);
    }
    return scaled;
  }

  /** Without steps: when the points, which are thousandths of the value's unit, become fewer. */
  nextChangeAfter(at: Instant): Instant {
    const scaled = this.scaledAt(at);
    const low = scaled === null ? null : leastRoundedTo(divideHalfEven(scaled, MILLI));
    return this.nextCrossingAfter(at, { low, high: null });
  }

  nextCrossingAfter(at: Instant, { low }: ExactBorders): Instant {
    const edge = this.#rule.log.nextChangeAfter(at);
    const stretch = this.#stretchAt(at);
    if (stretch === null || low === null) return edge;
    const crossing = this.#crossing(stretch, this.#reachOf(low));
    return crossing > at ? Math.min(edge, crossing) : edge;
  }

  #stretchAt(at: Instant): Stretch | null {
    const { log, curveOf } = this.#rule;
    const transactions = log.at(at);
    if (transactions === null) return null;
    const known = this.#stretches.get(transactions);
    if (known !== undefined) return known;
    const curve = curveOf(transactions);
    const stretch = curve === null ? null : { since: log.since(at), curve, crossings: new Map() };
    this.#stretches.set(transactions, stretch);
    return stretch;
  }

  #crossing({ since, curve, crossings }: Stretch, reach: number): Instant {
    const known = crossings.get(reach);
    if (known !== undefined) return known;
    const found = firstBelow(
      {
        valueAt: curve,
        isBelow: (value) => this.#rounded(value) < reach,
        about: reach - this.#rule.grain / 2,
      },
      since,
    );
    crossings.set(reach, found);
    return found;
  }

  #reachesNear(scaled: number): readonly number[] {
    const { steps } = this.#rule;
    if (steps !== null) return steps.map((step) => this.#reachOf(step.atLeast));
    const points = divideHalfEven(scaled, MILLI);
    return [points, points + 1].map((it) => this.#reachOf(leastRoundedTo(it)));
  }

  /** The least value that is at or above a border. */
  #reachOf(border: number): number {
    return Math.ceil(border / this.#rule.grain) * this.#rule.grain;
  }

  #rounded(value: number): number {
    const { grain } = this.#rule;
    const floor = Math.floor(value / grain);
    const rest = value / grain - floor;
    const isUp = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
    return (isUp ? floor + 1 : floor) * grain;
  }
}

const MILLI = 1_000;

/** The least number of thousandths that is rounded, half to even, to this whole number. */
function leastRoundedTo(whole: number): number {
  return whole * MILLI - MILLI / 2 + (whole % 2 === 0 ? 0 : 1);
}
