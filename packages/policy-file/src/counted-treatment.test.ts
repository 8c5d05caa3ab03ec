import type { Policy } from '@strata/domain';
import { expect, it } from 'vitest';
import { countedTreatment } from './counted-treatment.ts';
import { parsePolicyFile } from './parse-policy-file.ts';

const parsed = parsePolicyFile(
  `{policy: p, version: 1, base_currency: CNY, ladder: [low, high, best],
    dimensions: {n: {of: orders, window: 30d}}, score: {n: 1},
    tiers: {high: {enter: 1, leave: 1}, best: {enter: 2, leave: 2}},
    treatment: {best: {gift: tea, visit_every: 30d, cost_per_customer_year: 12000}, high: {cost_per_customer_year: 0}}}`,
  { file: 'p.yaml' },
);
if (!parsed.ok) throw new TypeError('the policy must parse');
const [policy] = parsed.set.policies as [Policy];

it.each([
  { tier: 'best', visitEveryMs: 30 * 86_400_000, costPerYearMinor: 12_000, why: 'both are said' },
  { tier: 'high', visitEveryMs: null, costPerYearMinor: 0, why: 'nothing is a cost too' },
  { tier: 'low', visitEveryMs: null, costPerYearMinor: null, why: 'it has no treatment' },
  { tier: 'constructor', visitEveryMs: null, costPerYearMinor: null, why: 'it is no tier' },
])('of $tier is counted what is said: $why', ({ tier, visitEveryMs, costPerYearMinor }) => {
  expect(countedTreatment(policy, tier)).toEqual({ visitEveryMs, costPerYearMinor });
});

it('is carried as it stands, with the keys of its own', () => {
  expect(JSON.stringify(policy.treatment['best'])).toBe(
    '{"gift":"tea","visit_every":"30d","cost_per_customer_year":12000}',
  );
});

it('of a policy that was published unchecked says nothing where it cannot be counted', () => {
  const older = { ...policy, treatment: { best: { visit_every: 'monthly' } } };
  expect(countedTreatment(older, 'best').visitEveryMs).toBeNull();
});
