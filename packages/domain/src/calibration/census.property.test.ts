import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  aDimension,
  aPolicy,
  aPolicySet,
  aPurchase,
  day,
  TestPartition,
} from '../builders/index.ts';
import { modelShoppers } from '../builders/model-shoppers.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { CustomerState } from '../customer-state.ts';
import { DAY_MS } from '../instant.ts';
import type { Policy } from '../policy/policy.ts';
import { census } from './census.ts';

const END = 420;
const quantiles = { buckets: 5, minimumPopulation: 10 };
const value = { weightMilli: 1_000, capMilli: null, otherwiseMilli: 0, minimumPopulation: 10 };
const steps = [{ atLeastMilli: 500, pointsMilli: 1_000 }];

/** Everything that a calibration fills: quantiles of both kinds, both shares, both models. */
const policy: Policy = aPolicy({
  ladder: ['low', 'mid', 'high'],
  borders: [],
  shares: [
    { tier: 'mid', of: 'population', shareMilli: 500, minimumPopulation: 10 },
    { tier: 'high', of: 'revenue', shareMilli: 800, minimumPopulation: 10 },
  ],
  dimensions: [
    aDimension('orders', { steps: [], quantiles: { ...quantiles, ties: 'rank' } }),
    aDimension('revenue', {
      steps: [],
      windowMs: 365 * DAY_MS,
      quantiles: { ...quantiles, ties: 'together' },
    }),
    { ...value, name: 'alive', of: 'p_alive', steps },
    {
      ...value,
      name: 'value',
      of: 'clv',
      horizonMs: 365 * DAY_MS,
      monthlyDiscountMilli: 10,
      steps,
    },
  ],
});

const shoppers = modelShoppers(
  { r: 1.2, alpha: 25, a: 0.7, b: 2.5 },
  { people: 90, span: END, seed: 5 },
);

/** The same customers in as many partitions, in which `place` says who is where. */
function folded(partitions: number, place: (customer: number) => number): TestPartition[] {
  const all = Array.from({ length: partitions }, () => new TestPartition(policy));
  const events = shoppers.flatMap(({ observed, purchases }, i) =>
    [0, ...purchases].map((after, k) => ({
      at: Math.floor(day(END - observed + after)),
      customer: i,
      minor: (10 + ((i * 61) % 100)) * (5 + ((i * 37 + k * 91) % 10)),
    })),
  );
  for (const { at, customer, minor } of events.toSorted((x, y) => x.at - y.at)) {
    const amount = { minor, currency: 'CNY' };
    all[place(customer)]?.events(aPurchase(at, { customerId: `c${customer}`, amount }));
  }
  for (const partition of all) partition.passTo(day(END));
  return all;
}

function bytesOf(customers: readonly (readonly [string, CustomerState])[]): string {
  return canonicalJson(census({ set: aPolicySet(policy), at: day(END), customers }));
}

const once = bytesOf(folded(1, () => 0).flatMap(({ customers }) => [...customers]));

it('a census gives the same bytes however the customers are spread over partitions, and in whatever order they come', () => {
  expect(JSON.parse(once)).toMatchObject({
    dimensions: [{ population: 90, borders: expect.anything() }, { borders: expect.anything() }],
    models: [{ why: null }, { why: null, model: { spend: expect.anything() } }],
    tiers: [{ border: expect.anything() }, { border: expect.anything() }],
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (partitions, salt, chances) => {
        const all = folded(partitions, (it) => (it * salt) % partitions);
        const shuffled = all
          .flatMap(({ customers }) => [...customers])
          .map((it) => ({ it, key: chances.next().value as number }))
          .toSorted((x, y) => x.key - y.key)
          .map(({ it }) => it);
        expect(bytesOf(shuffled)).toBe(once);
      },
    ),
    { numRuns: 15 },
  );
});
