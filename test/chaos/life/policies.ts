import type { PolicySet } from '@strata/domain';
import { parsePolicyFile } from '@strata/policy-file';

/** Borders that stand in the file. */
export const FIXED_POLICY = `policy: crowd
version: 1
base_currency: CNY
time_zone: UTC
ladder: [bronze, silver, gold]
dimensions:
  orders: {of: orders, window: 365d}
score: {orders: 1}
tiers:
  silver: {enter: 2, leave: 2}
  gold:   {enter: 4, leave: 3}
`;

/** Borders that everybody makes: nothing of it grades without a calibration. */
export const RANKED_POLICY = `policy: crowd
version: 2
base_currency: CNY
time_zone: UTC
ladder: [bronze, silver, gold]
dimensions:
  monetary: {of: revenue, window: 365d, quantiles: {buckets: 10}, minimum_population: 100}
  orders:   {of: orders, window: 365d}
score: {monetary: 1, orders: 1}
tiers:
  silver: {population_share: 0.4, minimum_population: 100}
  gold:   {population_share: 0.1, minimum_population: 100}
`;

export function setOf(text: string): PolicySet {
  const result = parsePolicyFile(text, { file: 'crowd.yaml' });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.set;
}
