import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aPolicy } from '../builders/index.ts';
import type { ShareBorder } from '../policy/policy.ts';
import { type ScoredMember, shareBorders } from './share-borders.ts';

const RUNS = { numRuns: 2_000 };

/** Few scores, so that ties are everywhere; revenue of nothing, of little, and beyond what a double sums exactly. */
const members = fc
  .record({
    factor: fc.constantFrom(0, 1, 600_000_000_000_001),
    drawn: fc.array(fc.record({ scoreMilli: fc.integer({ min: -3, max: 6 }), part: fc.nat(9) }), {
      maxLength: 30,
    }),
  })
  .map(({ factor, drawn }): readonly ScoredMember[] =>
    drawn.map(({ scoreMilli, part }) => ({ scoreMilli, revenueMinor: part * factor })),
  );

const share = fc.record({
  of: fc.constantFrom('population' as const, 'revenue' as const),
  shareMilli: fc.integer({ min: 1, max: 1_000 }),
  minimumPopulation: fc.constantFrom(1, 1, 5, 31),
});

const policyOf = (shares: readonly ShareBorder[]) =>
  aPolicy({ ladder: ['low', ...shares.map(({ tier }) => tier)], borders: [], shares });

/** The highest score from which on the customers are enough: no ranks, no sums on the way. */
function naiveBorder(
  { of, shareMilli, minimumPopulation }: ShareBorder,
  everybody: readonly ScoredMember[],
): number | null {
  const measure = (group: readonly ScoredMember[]): bigint =>
    of === 'population'
      ? BigInt(group.length)
      : group.reduce((sum, { revenueMinor }) => sum + BigInt(revenueMinor), 0n);
  const whole = measure(everybody);
  if (everybody.length < minimumPopulation || whole === 0n) return null;
  const scores = everybody.map((it) => it.scoreMilli).toSorted((a, b) => b - a);
  const isEnough = (score: number): boolean =>
    measure(everybody.filter((it) => it.scoreMilli >= score)) * 1_000n >=
    whole * BigInt(shareMilli);
  return scores.find(isEnough) ?? null;
}

describe('the border of a share', () => {
  it('is the highest score from which on the share is reached', () => {
    fc.assert(
      fc.property(members, share, (everybody, drawn) => {
        const border = { tier: 'top', ...drawn };
        const [found] = shareBorders(policyOf([border]), everybody);
        expect(found?.border?.scoreMilli ?? null).toBe(naiveBorder(border, everybody));
        expect(found?.population).toBe(everybody.length);
        if (found === undefined || found.border === null) return;
        const { scoreMilli, customers, revenueMinor } = found.border;
        const group = everybody.filter((it) => it.scoreMilli >= scoreMilli);
        expect(customers).toBe(group.length);
        const sum = group.reduce((total, it) => total + BigInt(it.revenueMinor), 0n);
        expect(revenueMinor).toBe(Number(sum));
      }),
      RUNS,
    );
  });

  it('is not above that of the tier over it, whatever the two are shares of', () => {
    fc.assert(
      fc.property(members, fc.array(share, { minLength: 2, maxLength: 4 }), (everybody, drawn) => {
        const shares = drawn.map((it, index) => ({ tier: `tier ${index}`, ...it }));
        const found = shareBorders(policyOf(shares), everybody);
        const scores = found.flatMap(({ border }) => border?.scoreMilli ?? []);
        expect(scores).toEqual(scores.toSorted((a, b) => a - b));
        const own = shares.map((it) => naiveBorder(it, everybody));
        for (const [index, { border }] of found.entries()) {
          const above = own.slice(index).flatMap((it) => it ?? []);
          const expected = own[index] === null ? null : Math.min(...above);
          expect(border?.scoreMilli ?? null).toBe(expected);
        }
      }),
      RUNS,
    );
  });

  it('does not depend on the order in which the members come', () => {
    fc.assert(
      fc.property(members, share, (everybody, drawn) => {
        const policy = policyOf([{ tier: 'top', ...drawn }]);
        expect(shareBorders(policy, everybody.toReversed())).toEqual(
          shareBorders(policy, everybody),
        );
      }),
      RUNS,
    );
  });
});

it.each([
  { why: 'one customer is its own top', shareMilli: 1, revenues: [5], customers: 1 },
  { why: 'one customer without revenue is not', shareMilli: 1, revenues: [0], customers: null },
  { why: 'nobody has no top', shareMilli: 500, revenues: [], customers: null },
  {
    why: 'all of the revenue needs no idle customer',
    shareMilli: 1_000,
    revenues: [7, 3, 0],
    customers: 2,
  },
  { why: 'exactly the share is enough', shareMilli: 700, revenues: [7, 3, 0], customers: 1 },
  { why: 'a little more needs one more', shareMilli: 701, revenues: [7, 3, 0], customers: 2 },
])('$why', ({ shareMilli, revenues, customers }) => {
  const shares = [{ tier: 'top', of: 'revenue' as const, shareMilli, minimumPopulation: 1 }];
  const everybody = revenues.map((it) => ({ scoreMilli: it, revenueMinor: it }));
  const [found] = shareBorders(policyOf(shares), everybody);
  expect(found?.border?.customers ?? null).toBe(customers);
});
