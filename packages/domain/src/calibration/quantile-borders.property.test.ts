import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytewise } from '../compare-bytewise.ts';
import { bucketOf, quantileBorders } from './quantile-borders.ts';

const RUNS = { numRuns: 2_000 };

/** Few values, so that ties are everywhere. */
const population = fc
  .uniqueArray(
    fc.record({ customerId: fc.string({ unit: 'binary', maxLength: 3 }), value: fc.nat(12) }),
    {
      selector: (it) => it.customerId,
      minLength: 1,
      maxLength: 40,
    },
  )
  .chain((members) =>
    fc.record({
      members: fc.constant(members),
      // Also values so large that a product of two would not be exact.
      factor: fc.constantFrom(1, 1_000, 600_000_000_000_000),
      buckets: fc.integer({ min: 2, max: 12 }),
    }),
  )
  .map(({ members, factor, buckets }) => ({
    members: members.map((it) => ({ ...it, value: it.value * factor })),
    buckets,
  }));

/** numpy's linear quantile as an exact fraction: the border times `buckets`. */
function naiveBorderTimesBuckets(values: readonly number[], k: number, buckets: number): bigint {
  const sorted = values.toSorted((a, b) => a - b).map(BigInt);
  const position = (sorted.length - 1) * k;
  const low = sorted[Math.floor(position / buckets)] as bigint;
  const high = sorted[Math.ceil(position / buckets)] as bigint;
  return low * BigInt(buckets) + (high - low) * BigInt(position % buckets);
}

describe('buckets of a population', () => {
  it('with ties together are those of the linear quantiles, closed on the right', () => {
    fc.assert(
      fc.property(population, ({ members, buckets }) => {
        const borders = quantileBorders(members, { buckets, ties: 'together' });
        const values = members.map((it) => it.value);
        for (const { customerId, value } of members) {
          let naive = 1;
          while (
            naive < buckets &&
            BigInt(value) * BigInt(buckets) > naiveBorderTimesBuckets(values, naive, buckets)
          ) {
            naive++;
          }
          expect(bucketOf(borders, customerId, value)).toBe(naive);
        }
      }),
      RUNS,
    );
  });

  it('with rank are those of the places, ties by ascending customer id', () => {
    fc.assert(
      fc.property(population, ({ members, buckets }) => {
        const borders = quantileBorders(members, { buckets, ties: 'rank' });
        const ranked = members.toSorted(
          (a, b) => a.value - b.value || compareBytewise(a.customerId, b.customerId),
        );
        const ranks = ranked.map((_, index) => index + 1);
        for (const [index, { customerId, value }] of ranked.entries()) {
          let naive = 1;
          while (
            naive < buckets &&
            BigInt(index + 1) * BigInt(buckets) > naiveBorderTimesBuckets(ranks, naive, buckets)
          ) {
            naive++;
          }
          expect(bucketOf(borders, customerId, value)).toBe(naive);
        }
      }),
      RUNS,
    );
  });

  it('do not depend on the order in which the members come', () => {
    fc.assert(
      fc.property(population, fc.constantFrom('together', 'rank'), ({ members, buckets }, ties) => {
        const rule = { buckets, ties };
        expect(quantileBorders(members.toReversed(), rule)).toEqual(quantileBorders(members, rule));
      }),
      RUNS,
    );
  });
});

describe('a value that comes later', () => {
  const tied = ['a', 'b', 'c', 'd'].map((customerId) => ({ customerId, value: 1 }));

  it.each([
    {
      customerId: 'aa',
      value: 1,
      bucket: 1,
      why: 'it would have stood before the last of the bucket',
    },
    { customerId: 'bb', value: 1, bucket: 2, why: 'it would have stood behind it' },
    { customerId: 'zz', value: 0, bucket: 1, why: 'it is below the border' },
    { customerId: 'aa', value: 2, bucket: 2, why: 'it is above the border' },
  ])('$customerId with $value is in bucket $bucket: $why', ({ customerId, value, bucket }) => {
    const borders = quantileBorders(tied, { buckets: 2, ties: 'rank' });
    expect(borders).toEqual([{ atMost: 1, lastId: 'b' }]);
    expect(bucketOf(borders, customerId, value)).toBe(bucket);
  });

  it('needs no id where the border cuts no tie', () => {
    const two = [tied[0], { customerId: 'b', value: 5 }].filter((it) => it !== undefined);
    expect(quantileBorders(two, { buckets: 2, ties: 'rank' })).toEqual([
      { atMost: 1, lastId: null },
    ]);
  });
});
