import { expect, it } from 'vitest';

import { aDimension, aPolicy, aPurchase, day, TestPartition } from './builders/index.ts';
import { explain } from './explain.ts';

it('names the smallest order that lifts the average of all orders to a step', () => {
  const policy = aPolicy({
    dimensions: [
      aDimension('average_order', {
        steps: [
          { atLeastMilli: 500_000, pointsMilli: 4_000 },
          { atLeastMilli: 200_000, pointsMilli: 2_000 },
        ],
      }),
    ],
  });
  const log = new TestPartition(policy);
  const amount = (minor: number) => ({ amount: { minor, currency: 'CNY' } });
  log.events(aPurchase(day(1), amount(100)), aPurchase(day(2), amount(151)));
  const state = log.customers.get('c1');
  if (state === undefined) throw new Error('nobody bought');
  const explanation = explain({ partition: log.state, customerId: 'c1', state, at: day(2) });
  // 100 and 151 and 349 make 3 x 200.
  expect(explanation).toMatchObject({
    dimensions: [{ value: 125.5, borderAbove: 200 }],
    counterfactuals: [{ amountMinor: 349, outcome: 'promotes', tier: 'silver' }],
  });
});
