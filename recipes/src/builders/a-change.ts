import { createHmac } from 'node:crypto';
import type { TierChange } from '@strata/client';

export const SECRET_BYTES = Buffer.alloc(32, 8);
export const SECRET = `whsec_${SECRET_BYTES.toString('base64')}`;

export function aChange(given: Partial<TierChange> = {}): TierChange {
  const customerSeq = given.customerSeq ?? 3;
  return {
    id: `0.${customerSeq}.0`,
    customerId: '4876876000000333001',
    customerSeq,
    type: 'promoted',
    fromTier: 'silver',
    toTier: 'gold',
    fromPolicy: null,
    labels: { gold: { zh: '金牌客户', en: 'Gold' } },
    segment: null,
    cause: { kind: 'event', ref: null },
    policy: 'shop',
    policyVersion: 1,
    score: 330,
    dimensions: [],
    evidence: [],
    effectiveAt: '2026-01-02T03:04:05.678Z',
    decidedAt: '2026-01-02T03:04:05.678Z',
    asOf: '2026-01-02T03:04:05.678Z',
    protectedUntil: null,
    atRisk: null,
    override: null,
    withdraws: null,
    backfill: false,
    treatment: null,
    ...given,
  };
}

/** As the notifier would post it. */
export async function postChange(url: URL, change: TierChange, key = SECRET_BYTES) {
  const body = JSON.stringify({ type: `strata.tier.${change.type}`, data: change });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', key)
    .update(`${change.id}.${timestamp}.${body}`)
    .digest('base64');
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'webhook-id': change.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}
