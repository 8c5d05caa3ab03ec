import type { AnnounceFrom, Instant, PolicySet } from '@strata/domain';
import { policySetFrom, policySetText } from './policy-set.ts';
import type { WireRecord } from './wire-record.ts';

export interface PolicyPublication {
  readonly set: PolicySet;
  /** Number of the publication in force against which it was checked; 0 for none. */
  readonly basedOn: number;
  readonly announceFrom: AnnounceFrom;
  readonly publishedAt: Instant;
  readonly publishedBy: string;
  readonly reason: string | null;
}

const NAME = 'strata.policies.PolicyPublication';
const KEY_PREFIX = 'policy:';

/** One for each publication, so that none ever takes another's place; sent again it is the same. */
export function policyKey(publication: PolicyPublication): string {
  const { set, basedOn, publishedAt } = publication;
  return `${KEY_PREFIX}${basedOn}:${set.id}:${publishedAt}`;
}

export function isPolicyKey(key: Uint8Array | null): boolean {
  return key !== null && new TextDecoder().decode(key).startsWith(KEY_PREFIX);
}

export function policyPublicationToWire(publication: PolicyPublication): WireRecord {
  const { set, basedOn, announceFrom, publishedAt, publishedBy, reason } = publication;
  const text = policySetText(set);
  return {
    name: NAME,
    body: { id: set.id, set: text, basedOn, announceFrom, publishedAt, publishedBy, reason },
  };
}

export function policyPublicationFromWire({ body }: WireRecord): PolicyPublication {
  const { id, set, ...rest } = body as Omit<PolicyPublication, 'set'> & {
    readonly id: string;
    readonly set: string;
  };
  const { basedOn, announceFrom, publishedAt, publishedBy, reason } = rest;
  return {
    set: policySetFrom(id, set),
    basedOn,
    announceFrom,
    publishedAt,
    publishedBy,
    reason,
  };
}
