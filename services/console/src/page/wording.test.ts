import { type TierChangeBody, type TierChangeEvent, tierChangeBody } from '@strata/contracts';
import { DAY_MS, type Policy } from '@strata/domain';
import { aLifecycle, aPolicy, aPurchase, day, TestPartition } from '@strata/domain/builders';
import { expect, test } from 'vitest';
import { wordChange } from './wording.ts';

const recency = {
  name: 'recency',
  of: 'recency',
  weightMilli: 1_000,
  capMilli: null,
  otherwiseMilli: 0,
  steps: [{ withinMs: 90 * DAY_MS, pointsMilli: 5_000 }],
} as const;
const labels = {
  bronze: { zh: '普通客户', en: 'Bronze' },
  silver: { zh: '银牌客户' },
};

/** The last change of a customer who bought on the first two days and then never again. */
function lastChange(policy: Policy): { change: TierChangeEvent; policy: Policy } {
  const partition = new TestPartition(policy);
  partition.events(aPurchase(day(0)), aPurchase(day(1)));
  partition.passTo(day(400));
  const [last] = partition.outputs.filter(({ kind }) => kind === 'tier-change').slice(-1);
  if (last?.kind !== 'tier-change') throw new Error('Nothing changed.');
  const body: TierChangeBody = tierChangeBody(last, 0, policy);
  return { change: { ...body, partition: 0, epoch: 1, seq: 1 }, policy };
}

const bySilence = aPolicy({
  labels,
  dimensions: [recency],
  ladder: ['bronze', 'silver'],
  borders: [{ tier: 'silver', enterMilli: 2_000, leaveMilli: 2_000 }],
  lifecycle: aLifecycle({ graceMs: 14 * DAY_MS }),
});

test('a customer who stopped buying is told of in words', () => {
  const { change, policy } = lastChange(bySilence);
  expect(wordChange(change, 'zh', policy)).toMatchObject({
    type: '等级下调',
    from: '银牌客户',
    to: '普通客户',
    reason: ' 104 天没有下单（时间，无事件）',
  });
  expect(wordChange(change, 'en', policy)).toMatchObject({
    type: 'demoted',
    from: 'silver',
    to: 'Bronze',
    reason: 'there was no order for 104 days (time passed, nothing happened)',
  });
});

test('days of silence are no reason where another window closed', () => {
  const policy = aPolicy({
    dimensions: [...aPolicy().dimensions, { ...recency, weightMilli: 0 }],
    lifecycle: aLifecycle(),
  });
  const { change } = lastChange(policy);
  expect(wordChange(change, 'zh', policy).reason).toBe('时间到了，没有任何事件');
});

test('a tier that was kept, and a customer who comes from another policy, have reasons of their own', () => {
  const { change, policy } = lastChange(bySilence);
  const renewed = { ...change, type: 'renewed' as const, toTier: 'silver' };
  expect(wordChange(renewed, 'zh', policy).reason).toBe('评估周期结束，等级保持不变');
  const assigned = { ...change, type: 'assigned' as const, fromTier: null, fromPolicy: 'leads' };
  expect(wordChange(assigned, 'en', policy).reason).toBe('policy leads handed the customer over');
});

test('without the policy the words are plain and nothing is claimed', () => {
  const { change } = lastChange(bySilence);
  expect(wordChange(change, 'en', null)).toMatchObject({
    to: 'Bronze',
    reason: 'time passed, nothing happened',
  });
});

test('a change that keeps the tier names it once, and at-risk says when and to what', () => {
  const { change, policy } = lastChange(bySilence);
  const atRisk = {
    ...change,
    type: 'at-risk' as const,
    fromTier: 'silver',
    toTier: 'silver',
    effectiveAt: change.effectiveAt - 14 * DAY_MS,
    dimensions: change.dimensions.map((dimension) => ({ ...dimension, value: 90 })),
    atRisk: { at: change.effectiveAt, toTier: 'bronze', distances: [] },
  };
  expect(wordChange(atRisk, 'zh', policy)).toMatchObject({
    type: '下调预警',
    from: null,
    reason: ' 90 天没有下单（时间，无事件）；预计 2024年2月28日 00:00 等级下调为普通客户',
  });
});
