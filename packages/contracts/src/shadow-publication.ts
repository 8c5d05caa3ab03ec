import type { AnnounceFrom, Instant, PolicySet } from '@strata/domain';
import { policySetFrom, policySetText } from './policy-set.ts';
import type { WireRecord } from './wire-record.ts';

/** A set that is tried beside the one in force, without anybody outside noticing; or the end of a trial. */
export interface ShadowPublication {
  /** Null: nothing is tried any more. */
  readonly set: PolicySet | null;
  /** As it would be published. */
  readonly announceFrom: AnnounceFrom;
  readonly publishedAt: Instant;
  readonly publishedBy: string;
  readonly reason: string | null;
}

const NAME = 'strata.policies.ShadowPublication';
const KEY = 'shadow';

/** Only the last says anything, so all have one key. */
export const SHADOW_KEY: Uint8Array = new TextEncoder().encode(KEY);

export function isShadowKey(key: Uint8Array | null): boolean {
  return key !== null && new TextDecoder().decode(key) === KEY;
}

export function shadowPublicationToWire(publication: ShadowPublication): WireRecord {
  const { set, announceFrom, publishedAt, publishedBy, reason } = publication;
  const what = { id: set?.id ?? null, set: set === null ? null : policySetText(set) };
  return { name: NAME, body: { ...what, announceFrom, publishedAt, publishedBy, reason } };
}

export function shadowPublicationFromWire({ body }: WireRecord): ShadowPublication {
  const { id, set, ...rest } = body as Omit<ShadowPublication, 'set'> & {
    readonly id: string | null;
    readonly set: string | null;
  };
  const { announceFrom, publishedAt, publishedBy, reason } = rest;
  const named = id === null || set === null ? null : policySetFrom(id, set);
  return { set: named, announceFrom, publishedAt, publishedBy, reason };
}
