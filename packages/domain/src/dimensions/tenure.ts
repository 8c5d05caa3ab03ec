import { DAY_MS, type Instant, LAST_INSTANT } from '../instant.ts';
import type { TenureDimension } from '../policy/policy.ts';
import { countUpTo } from '../sorted.ts';
import type { Measure } from './measure.ts';
import { capped } from './steps.ts';

/** Time since the first counted order ever. Nothing but the arrival of that order, and time, changes it. */
export function measureTenure(dimension: TenureDimension, instants: readonly Instant[]): Measure {
  const { name, weightMilli, otherwiseMilli, capMilli, steps } = dimension;
  const [first = Infinity] = instants;
  const valueAt = (at: Instant): number | null =>
    at < first ? null : Math.floor((at - first) / DAY_MS);
  /** Falling: the first that is reached gives the points. */
  const placeAt = (at: Instant): number => steps.findIndex((it) => at - first >= it.atLeastMs);
  const pointsMilliAt = (at: Instant): number => {
    const days = valueAt(at);
    if (days === null) return capped(otherwiseMilli, capMilli);
    if (steps.length === 0) return capped(days * 1_000, capMilli);
    return capped(steps[placeAt(at)]?.pointsMilli ?? otherwiseMilli, capMilli);
  };
  return {
    name,
    weightMilli,
    valueAt,
    exactAt: valueAt,
    thresholds: [],
    pointsMilliAt,
    nextChangeAfter(at) {
      if (at < first) return first;
      if (steps.length > 0)
        return nextEnd(
          steps.map((it) => first + it.atLeastMs),
          at,
        );
      const days = valueAt(at) ?? 0;
      const isCapped = capMilli !== null && days * 1_000 >= capMilli;
      const next = first + (days + 1) * DAY_MS;
      return isCapped || next > LAST_INSTANT ? Infinity : next;
    },
    scoreAt(at) {
      const place = at < first ? -1 : placeAt(at);
      const better = place === -1 ? steps.at(-1) : steps[place - 1];
      return {
        name,
        value: valueAt(at),
        pointsMilli: pointsMilliAt(at),
        weightMilli,
        borderBelow: daysOf(steps[place]),
        borderAbove: daysOf(better),
      };
    },
  };
}

function nextEnd(instants: readonly Instant[], at: Instant): Instant {
  const ascending = instants.toSorted((a, b) => a - b);
  return ascending[countUpTo(ascending, at)] ?? Infinity;
}

function daysOf(step: TenureDimension['steps'][number] | undefined): number | null {
  return step === undefined ? null : step.atLeastMs / DAY_MS;
}
