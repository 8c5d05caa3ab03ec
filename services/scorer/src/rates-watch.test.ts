import { DAY_MS, type RateRow } from '@strata/domain';
import { aPurchase, day } from '@strata/domain/builders';
import { expect, it } from 'vitest';
import { TestStack } from './test-stack.ts';

const usd = (rate: string): RateRow => ({ day: day(0) / DAY_MS, from: 'USD', to: 'CNY', rate });

const kinds = (stack: TestStack): readonly string[] =>
  stack.logRecords().flatMap(({ kind }) => (kind.startsWith('rates') ? [kind] : []));

async function aStackWithRates() {
  const stack = new TestStack();
  stack.open('data');
  stack.publish();
  stack.publishRates('published', [usd('7')]);
  const scorer = await stack.start();
  const isBrought = (times: number) => () => kinds(stack).length === times * stack.partitions;
  await stack.until('the rates are brought', isBrought(1));
  await stack.settled();
  return { stack, scorer, isBrought };
}

it('published rates come once to every partition, also when its owner changes', async () => {
  const { stack, scorer, isBrought } = await aStackWithRates();
  await scorer.stop();
  const again = await stack.start();
  stack.publishRates('corrected', [usd('8')]);
  stack.advance(5_000);
  await stack.until('the correction is brought', isBrought(2));
  await stack.settled();
  stack.advance(5_000);
  await stack.turns();
  expect(isBrought(2)()).toBe(true);
  expect(new Set(kinds(stack))).toEqual(new Set(['rates-published', 'rates-corrected']));
  await again.stop();
});

it('an amount in another currency is graded by rates that a former owner has committed', async () => {
  const { stack, scorer } = await aStackWithRates();
  await scorer.stop();
  const again = await stack.start();
  const amount = { minor: 100, currency: 'USD' };
  stack.events([aPurchase(day(1), { amount }), aPurchase(day(1), { amount, customerId: 'c2' })]);
  await stack.settled();
  expect(stack.deadLetters()).toEqual([]);
  expect(stack.changes().map(({ type }) => type)).toEqual(['assigned', 'assigned']);
  await again.stop();
});
