import type { Dimension, Instant, Policy } from '@strata/domain';

import type { History } from './history.ts';
import { valueOf } from './measure.ts';

/** Points in thousandths. */
export function pointsOf(dimension: Dimension, value: bigint | null): number {
  return Number(roundHalfEven(capped(dimension, rawPoints(dimension, value)), 1_000n));
}

/** In millionths, before the cap. */
function rawPoints(dimension: Dimension, value: bigint | null): bigint {
  const otherwise = BigInt(dimension.otherwiseMilli) * 1_000n;
  if (value === null) return otherwise;
  if (dimension.of === 'recency') {
    for (const step of dimension.steps) {
      if (value < BigInt(step.withinMs)) return BigInt(step.pointsMilli) * 1_000n;
    }
    return otherwise;
  }
  if (dimension.steps.length === 0) return value;
  for (const step of dimension.steps) {
    if (value >= BigInt(step.atLeastMilli) * 1_000n) return BigInt(step.pointsMilli) * 1_000n;
  }
  return otherwise;
}

function capped(dimension: Dimension, points: bigint): bigint {
  if (dimension.capMilli === null) return points;
  const cap = BigInt(dimension.capMilli) * 1_000n;
  return points > cap ? cap : points;
}

/** In thousandths: weights times points are exact in millionths, and the sum is rounded once. */
export function scoreAt(policy: Policy, history: History, at: Instant): number {
  let sum = 0n;
  for (const dimension of policy.dimensions) {
    const points = pointsOf(dimension, valueOf({ dimension, policy }, history, at));
    sum += BigInt(dimension.weightMilli) * BigInt(points);
  }
  return Number(roundHalfEven(sum, 1_000n));
}

export function segmentAt(policy: Policy, history: History, at: Instant): string | null {
  for (const segment of policy.segments) {
    const isMatch = Object.entries(segment.whenMilli).every(([name, wanted]) => {
      const dimension = policy.dimensions.find((it) => it.name === name);
      if (dimension === undefined) return false;
      return wanted.includes(pointsOf(dimension, valueOf({ dimension, policy }, history, at)));
    });
    if (isMatch) return segment.name;
  }
  return null;
}

function roundHalfEven(value: bigint, unit: bigint): bigint {
  const isNegative = value < 0n;
  const magnitude = isNegative ? -value : value;
  let whole = magnitude / unit;
  const twice = (magnitude % unit) * 2n;
  if (twice > unit || (twice === unit && whole % 2n === 1n)) whole += 1n;
  return isNegative ? -whole : whole;
}
