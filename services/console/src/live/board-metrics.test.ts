import { createMetrics } from '@strata/service-runtime';
import { expect, test } from 'vitest';
import { boardMetrics } from './board-metrics.ts';
import type { PolicyBoard } from './tier-board.ts';

const policies: readonly PolicyBoard[] = Array.from({ length: 40 }, (_, n) => ({
  name: `policy-${n}`,
  policy: null,
  tiers: Array.from({ length: 50 }, (__, at) => ({ tier: `tier-${at}`, customers: 1 })),
  ungraded: 2,
}));

test('the distribution of tiers has so many series at most, and loses nobody', async () => {
  const metrics = createMetrics({ withProcess: false });
  boardMetrics(metrics, () => ({ policies: () => policies }));
  const lines = (await metrics.text()).match(/^strata_console_tier_customers\{.*$/gm) ?? [];
  expect(lines).toHaveLength(33 * 34);
  const customers = lines.map((line) => Number(line.split(' ').at(-1))).reduce((a, b) => a + b, 0);
  expect(customers).toBe(40 * 52);
});

test('a picture of the past is told to nobody', async () => {
  const metrics = createMetrics({ withProcess: false });
  boardMetrics(metrics, () => null);
  expect(await metrics.text()).not.toMatch(/^strata_console_tier_customers/m);
});
