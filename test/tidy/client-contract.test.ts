import { type TierChange, TIER_CHANGE_TYPES as TYPES_OF_CLIENT } from '@strata/client';
import { type TierChangeEvent, tierChangeToJson } from '@strata/contracts';
import { TIER_CHANGE_TYPES } from '@strata/domain';
import { expect, test } from 'vitest';

/** The client imports nothing of ours, so what it says of the contract is held against it here. */

const CHANGE: TierChange = {
  id: '0.1.0',
  customerId: 'c1',
  customerSeq: 1,
  type: 'at-risk',
  fromTier: 'gold',
  toTier: 'gold',
  fromPolicy: null,
  labels: { gold: { zh: '金牌客户', en: 'Gold' } },
  segment: null,
  cause: { kind: 'time', ref: null },
  policy: 'shop',
  policyVersion: 1,
  score: 310.5,
  dimensions: [
    { name: 'recency', value: 9, points: 4, weight: 25, borderBelow: 14, borderAbove: null },
  ],
  evidence: ['0:1'],
  effectiveAt: '2026-01-02T03:04:05.678Z',
  decidedAt: '2026-01-02T03:04:05.678Z',
  asOf: '2026-01-02T03:04:05.678Z',
  protectedUntil: '2026-02-02T00:00:00.000Z',
  atRisk: {
    at: '2026-01-16T00:00:00.000Z',
    toTier: 'silver',
    distances: [{ name: 'recency', distance: null }],
  },
  override: {
    kind: 'floor',
    tier: 'gold',
    reason: 'contract',
    actor: 'lin',
    until: '2027-01-01T00:00:00.000Z',
  },
  withdraws: { id: '0.0.0', score: 300 },
  backfill: false,
  treatment: { service_hours: 4 },
  steps: 1,
};

test('the client knows the types of tier changes, and no other', () => {
  expect(TYPES_OF_CLIENT).toEqual(TIER_CHANGE_TYPES);
});

test('what the notifier sends has the fields that the client names, in their form', () => {
  const { effectiveAt, decidedAt, asOf, protectedUntil, atRisk, override, ...same } = CHANGE;
  const event: TierChangeEvent = {
    ...same,
    steps: 1,
    partition: 0,
    epoch: 1,
    seq: 1,
    cause: { kind: 'time', ref: null },
    effectiveAt: Date.parse(effectiveAt),
    decidedAt: Date.parse(decidedAt),
    asOf: Date.parse(asOf),
    protectedUntil: Date.parse(protectedUntil ?? ''),
    atRisk: atRisk && { ...atRisk, at: Date.parse(atRisk.at ?? '') },
    override: override && { ...override, until: Date.parse(override.until ?? '') },
  };
  expect(tierChangeToJson(event)).toEqual({ ...CHANGE, partition: 0, epoch: 1, seq: 1 });
});
