import { DAY_MS, type Instant, type ThresholdStep } from '@strata/domain';

import type { NaiveDimension, NaivePolicy } from './grammar.ts';
import type { History } from './history.ts';
import { valueOf } from './measure.ts';
import { roundHalfEven } from './rounding.ts';

/** How far up a value is between two instants at which points can differ: it falls, and this with it. */
export function heightOf(dimension: NaiveDimension, value: bigint | null): number {
  if (value === null) return 0;
  if (dimension.steps.length === 0) return Number(roundHalfEven(value, 1_000n));
  const steps = dimension.steps as readonly ThresholdStep[];
  return steps.filter(({ atLeastMilli }) => value >= BigInt(atLeastMilli) * 1_000n).length;
}

/** Points in thousandths. */
export function pointsOf(dimension: NaiveDimension, value: bigint | null): number {
  return Number(roundHalfEven(capped(dimension, rawPoints(dimension, value)), 1_000n));
}

/** In millionths, before the cap. */
function rawPoints(dimension: NaiveDimension, value: bigint | null): bigint {
  const otherwise = BigInt(dimension.otherwiseMilli) * 1_000n;
  if (value === null) return otherwise;
  if (dimension.of === 'recency') {
    for (const step of dimension.steps) {
      if (value < BigInt(step.withinMs)) return BigInt(step.pointsMilli) * 1_000n;
    }
    return otherwise;
  }
  if (dimension.steps.length === 0) return unsteppedPoints(dimension, value);
  if (dimension.of === 'tenure') {
    for (const step of dimension.steps) {
      if (value >= BigInt(step.atLeastMs)) return BigInt(step.pointsMilli) * 1_000n;
    }
    return otherwise;
  }
  for (const step of dimension.steps) {
    if (value >= BigInt(step.atLeastMilli) * 1_000n) return BigInt(step.pointsMilli) * 1_000n;
  }
  return otherwise;
}

/** The value itself; of a duration its whole days. */
function unsteppedPoints(dimension: NaiveDimension, value: bigint): bigint {
  return dimension.of === 'tenure' ? (value / BigInt(DAY_MS)) * 1_000_000n : value;
}

function capped(dimension: NaiveDimension, points: bigint): bigint {
  if (dimension.capMilli === null) return points;
  const cap = BigInt(dimension.capMilli) * 1_000n;
  return points > cap ? cap : points;
}

function pointsAt(
  { timeZone }: NaivePolicy,
  dimension: NaiveDimension,
  { history, at }: { history: History; at: Instant },
): number {
  return pointsOf(dimension, valueOf({ dimension, timeZone }, history, at));
}

/** In thousandths: weights times points are exact in millionths, and the sum is rounded once. */
export function scoreAt(policy: NaivePolicy, history: History, at: Instant): number {
  let sum = 0n;
  for (const dimension of policy.dimensions) {
    const points = pointsAt(policy, dimension, { history, at });
    sum += BigInt(dimension.weightMilli) * BigInt(points);
  }
  return Number(roundHalfEven(sum, 1_000n));
}

export function segmentAt(policy: NaivePolicy, history: History, at: Instant): string | null {
  for (const segment of policy.segments) {
    const isMatch = Object.entries(segment.whenMilli).every(([name, wanted]) => {
      const dimension = policy.dimensions.find((it) => it.name === name);
      if (dimension === undefined) return false;
      return wanted.includes(pointsAt(policy, dimension, { history, at }));
    });
    if (isMatch) return segment.name;
  }
  return null;
}
