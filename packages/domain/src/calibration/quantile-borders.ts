import { compareBytewise } from '../compare-bytewise.ts';
import type { Quantiles } from '../policy/policy.ts';
import type { QuantileBorder } from './calibration.ts';

interface Ranked {
  readonly customerId: string;
  readonly value: number;
}

/**
 * Linear interpolation (numpy's default; Hyndman and Fan 1996, type 7) and right-closed buckets: the border of bucket
 * k of N over n values lies at (n - 1) k / N places after the smallest. With `rank` the places are cut instead of
 * the values, equal values in the order of their customers, so a border is the last customer of its bucket.
 */
export function quantileBorders(
  ranked: readonly Ranked[],
  { buckets, ties }: Pick<Quantiles, 'buckets' | 'ties'>,
): readonly QuantileBorder[] {
  const sorted = ranked.toSorted(
    (a, b) => a.value - b.value || compareBytewise(a.customerId, b.customerId),
  );
  const borders: QuantileBorder[] = [];
  for (let k = 1; k < buckets; k++) {
    const place = Math.floor(((sorted.length - 1) * k) / buckets);
    const low = sorted[place] as Ranked;
    const high = sorted[place + 1] ?? low;
    if (ties === 'rank') {
      const isTied = high !== low && high.value === low.value;
      borders.push({ atMost: low.value, lastId: isTied ? low.customerId : null });
    } else {
      const rest = ((sorted.length - 1) * k) % buckets;
      borders.push({
        atMost: low.value + floorOfShare(high.value - low.value, rest, buckets),
        lastId: null,
      });
    }
  }
  return borders;
}

/** The bucket of a customer from 1 on: the first one whose border is not below. */
export function bucketOf(
  borders: readonly QuantileBorder[],
  customerId: string,
  value: number,
): number {
  const index = borders.findIndex((border) => value < firstAbove(border, customerId));
  return index === -1 ? borders.length + 1 : index + 1;
}

/** The smallest whole value with which this customer is above the border. */
export function firstAbove({ atMost, lastId }: QuantileBorder, customerId: string): number {
  return lastId === null || compareBytewise(customerId, lastId) <= 0 ? atMost + 1 : atMost;
}

/** floor(whole * part / parts), without a product that a double would round. */
function floorOfShare(whole: number, part: number, parts: number): number {
  const rest = whole % parts;
  return ((whole - rest) / parts) * part + Math.floor((rest * part) / parts);
}
