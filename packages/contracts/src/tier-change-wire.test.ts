import type { Policy, TierChange } from '@strata/domain';
import { expect, test } from 'vitest';
import { tierChangeBody, tierChangeEvent } from './tier-change-event.ts';
import {
  tierChangeFromWire,
  tierChangeHeaders,
  tierChangeToJson,
  tierChangeToWire,
} from './tier-change-wire.ts';

const policy = {
  ladder: ['bronze', 'silver', 'gold'],
  labels: {
    gold: { zh: '金牌客户', en: 'Gold' },
    silver: { en: 'Silver' },
    bronze: { en: 'Bronze' },
  },
  treatment: { silver: { service_hours: 8, visit_purpose: { zh: '续约' } } },
} as unknown as Policy;

const change: TierChange = {
  kind: 'tier-change',
  id: '3.1042.0',
  customerId: 'c1',
  customerSeq: 4,
  type: 'demoted',
  fromTier: 'gold',
  toTier: 'silver',
  fromPolicy: null,
  segment: null,
  cause: { kind: 'time', ref: null },
  policy: 'shop',
  policyVersion: 3,
  scoreMilli: 290_100,
  dimensions: [
    {
      name: 'recency',
      value: 91,
      pointsMilli: 2_000,
      weightMilli: 25_000,
      borderBelow: 180,
      borderAbove: 90,
    },
  ],
  evidence: [1_040, 17],
  effectiveAt: 1_767_323_045_678,
  decidedAt: 1_767_323_046_000,
  asOf: 1_767_323_046_000,
  protectedUntil: null,
  atRisk: null,
  override: null,
  withdraws: null,
  backfill: false,
};
const address = { partition: 3, epoch: 1, seq: 7 };

test('writes the names of the contract, in its order', () => {
  const json = tierChangeToJson(tierChangeEvent(change, address, policy));
  expect(Object.keys(json).join(' ')).toBe(
    'id partition epoch seq customerId customerSeq type fromTier toTier fromPolicy labels segment ' +
      'cause policy policyVersion score dimensions evidence effectiveAt decidedAt asOf protectedUntil ' +
      'atRisk override withdraws backfill treatment steps',
  );
  expect(json).toMatchObject({
    score: 290.1,
    steps: 1,
    dimensions: [{ name: 'recency', value: 91, points: 2, weight: 25 }],
    evidence: ['3:1040', '3:17'],
    effectiveAt: '2026-01-02T03:04:05.678Z',
    labels: { gold: { zh: '金牌客户', en: 'Gold' }, silver: { zh: null, en: 'Silver' } },
    treatment: { service_hours: 8, visit_purpose: { zh: '续约' } },
  });
  expect(json['labels']).not.toHaveProperty('bronze');
});

test('leaves out the place where there is none, as in a backtest', () => {
  const json = tierChangeToJson(tierChangeBody(change, 0, policy));
  expect(Object.keys(json)).not.toContain('partition');
  expect(Object.keys(json)).not.toContain('seq');
});

test('reads back what it wrote, the benefits too', () => {
  const event = tierChangeEvent(change, address, policy);
  expect(tierChangeFromWire(tierChangeToWire(event))).toEqual(event);
});

test('carries the number of the output and no customer in its headers', () => {
  const headers = tierChangeHeaders(tierChangeEvent(change, address, policy));
  const texts = Object.values(headers).map((bytes) => new TextDecoder().decode(bytes));
  expect(new TextDecoder().decode(headers['strata-seq'])).toBe('1.7');
  expect(texts).not.toContain('c1');
});

test.each([
  { fromTier: 'gold', toTier: 'bronze', steps: 2, why: 'rungs of the ladder, whichever way' },
  { fromTier: 'silver', toTier: 'silver', steps: 0, why: 'the tier stays' },
  { fromTier: null, toTier: 'gold', steps: null, why: 'there is none before' },
  { fromTier: 'platinum', toTier: 'gold', steps: null, why: 'another ladder' },
])('from $fromTier to $toTier it is $steps steps: $why', ({ fromTier, toTier, steps }) => {
  expect(tierChangeBody({ ...change, fromTier, toTier }, 0, policy).steps).toBe(steps);
});
