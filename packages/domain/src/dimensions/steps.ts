import { divideHalfEven } from '../decimal.ts';
import type { ThresholdStep } from '../policy/policy.ts';
import type { Unscored } from '../tier/tier-change.ts';

/** How a value becomes points. */
export interface Scoring {
  /** Falling; null where the value itself is the points. */
  readonly steps: readonly ExactStep[] | null;
  readonly unscored: Unscored | null;
}

/** A border in thousandths or millionths of the value's unit, as its scale says. */
export interface ExactStep {
  readonly atLeast: number;
  readonly pointsMilli: number;
}

interface PointsRule extends Scoring {
  readonly otherwiseMilli: number;
  readonly capMilli: number | null;
}

/**
 * An exact value as an integer: `scaled / scale` is the value in its own unit. Money counts in thousandths, so that
 * nine trillion minor units stay exact; a complaint's weight times its share needs millionths.
 */
export type Scale = 1_000 | 1_000_000;

/** The steps of the policy file; a dimension without any scores its value. */
export function fixedScoring(steps: readonly ThresholdStep[], scale: Scale): Scoring {
  if (steps.length === 0) return { steps: null, unscored: null };
  const exact = steps.map(({ atLeastMilli, pointsMilli }) => ({
    atLeast: atLeastMilli * (scale / 1_000),
    pointsMilli,
  }));
  return { steps: exact, unscored: null };
}

/**
 * The first step that the value reaches, or the value itself, and `otherwise` where there is none; then the cap, then
 * thousandths, half to even.
 */
export function pointsMilliOf(rule: PointsRule, scaled: number | null, scale: Scale): number {
  if (scaled === null) return capped(rule.otherwiseMilli, rule.capMilli);
  const perMilli = scale / 1_000;
  if (rule.steps === null) {
    return divideHalfEven(capped(scaled, rule.capMilli, perMilli), perMilli);
  }
  for (const { atLeast, pointsMilli } of rule.steps) {
    if (scaled >= atLeast) return capped(pointsMilli, rule.capMilli);
  }
  return capped(rule.otherwiseMilli, rule.capMilli);
}

export function capped(points: number, capMilli: number | null, perMilli = 1): number {
  return capMilli === null ? points : Math.min(points, capMilli * perMilli);
}

export interface ExactBorders {
  readonly low: number | null;
  readonly high: number | null;
}

/** The steps on both sides of a value; null at the ends. The lowest quantile has no lower end. No value lies below all. */
export function bordersOf(steps: readonly ExactStep[], scaled: number | null): ExactBorders {
  if (scaled === null) return { low: null, high: lowestOf(steps) };
  let high: number | null = null;
  for (const { atLeast } of steps) {
    if (scaled >= atLeast) return { low: Number.isFinite(atLeast) ? atLeast : null, high };
    high = atLeast;
  }
  return { low: null, high };
}

function lowestOf(steps: readonly ExactStep[]): number | null {
  return steps.findLast(({ atLeast }) => Number.isFinite(atLeast))?.atLeast ?? null;
}
