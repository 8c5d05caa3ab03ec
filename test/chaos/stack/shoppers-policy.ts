import type { PolicySet } from '@strata/domain';
import { parsePolicyFile } from '@strata/policy-file';

/**
 * The policy of the invented shoppers as a file of policies has it, so that `./strata backtest` can be given the same.
 * Short windows, so that people rise and fall all the time; referrals, so that partitions write to each other.
 */
export const shoppersPolicyText = (baseCurrency: string): string => `policy: shoppers
version: 1
applies_to: existing
base_currency: ${baseCurrency}
time_zone: UTC
ladder: [bronze, silver, gold]
dimensions:
  orders:    {of: orders, window: 30d, steps: [{at_least: 4, points: 4}, {at_least: 3, points: 3}, {at_least: 2, points: 2}, {at_least: 1, points: 1}]}
  referrals: {of: referrals, window: 30d, steps: [{at_least: 4, points: 4}, {at_least: 3, points: 3}, {at_least: 2, points: 2}, {at_least: 1, points: 1}]}
score: {orders: 1, referrals: 0.5}
tiers:
  silver: {enter: 2, leave: 2}
  gold:   {enter: 4, leave: 3}
`;

export function shoppersPolicy(baseCurrency: string): PolicySet {
  const result = parsePolicyFile(shoppersPolicyText(baseCurrency), { file: 'shoppers.yaml' });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.set;
}
