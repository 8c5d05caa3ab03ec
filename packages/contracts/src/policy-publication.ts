import type { Instant, PolicySet } from '@strata/domain';
import { policySetFrom, policySetText } from './policy-set.ts';
import type { WireRecord } from './wire-record.ts';

/** The key under which the topic keeps the set that holds; every set also lies under its own id. */
export const CURRENT_POLICY_KEY = 'current';

export interface PolicyPublication {
  readonly set: PolicySet;
  readonly publishedAt: Instant;
  readonly publishedBy: string;
  readonly reason: string | null;
}

export function policyPublicationToWire(publication: PolicyPublication): WireRecord {
  const { set, publishedAt, publishedBy, reason } = publication;
  return {
    name: 'strata.policies.PolicyPublication',
    body: { id: set.id, set: policySetText(set), publishedAt, publishedBy, reason },
  };
}

export function policyPublicationFromWire({ body }: WireRecord): PolicyPublication {
  const { id, set, publishedAt, publishedBy, reason } = body as {
    readonly id: string;
    readonly set: string;
    readonly publishedAt: number;
    readonly publishedBy: string;
    readonly reason: string | null;
  };
  return { set: policySetFrom(id, set), publishedAt, publishedBy, reason };
}
