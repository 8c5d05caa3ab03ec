import {
  type CustomerEvent,
  type Forwarded,
  type HandOverOrigin,
  MERGE_REFUSALS,
  type MergeAsked,
  type MergeHanded,
  type MergeRefused,
  type MergeRequested,
} from '@strata/domain';
import { decodeCustomer, encodeCustomer } from '@strata/state-codec';
import { ContractFault } from './contract-fault.ts';
import type { WireRecord } from './wire-record.ts';

/**
 * A merge between the customer log and the domain. A state travels as the bytes by which it is stored: they have a
 * version, and every build reads those of all before it. An event of an alias travels as JSON, in the form of the core.
 */
const NAMES = {
  'merge-asked': 'strata.log.MergeAsked',
  'merge-requested': 'strata.log.MergeRequested',
  'merge-handed': 'strata.log.MergeHanded',
  'merge-refused': 'strata.log.MergeRefused',
  forwarded: 'strata.log.Forwarded',
} as const;
const KINDS = new Map(Object.entries(NAMES).map(([kind, name]) => [name as string, kind]));

type MergeRecord = MergeAsked | MergeRequested | MergeHanded | MergeRefused | Forwarded;

interface MergeBody {
  readonly mergeId: string;
  readonly survivorId: string;
  readonly otherId: string;
  readonly reason: string;
  readonly actor: string;
  readonly part: number;
  readonly parts: number;
  readonly state: Uint8Array;
  readonly from: HandOverOrigin;
}

interface ForwardedBody {
  readonly customerId: string;
  readonly event: string;
  readonly clockAt: number | null;
  readonly from: HandOverOrigin;
}

export function isMergeName(name: string): boolean {
  return KINDS.has(name);
}

export function mergeToWire(record: MergeRecord): WireRecord {
  const name = NAMES[record.kind];
  if (record.kind === 'forwarded') {
    const { customerId, event, clockAt = null, from } = record;
    return { name, body: { customerId, event: JSON.stringify(event), clockAt, from } };
  }
  const { id: mergeId, survivorId, otherId } = record;
  const ids = { mergeId, survivorId, otherId };
  switch (record.kind) {
    case 'merge-asked':
      return { name, body: { ...ids, reason: record.reason, actor: record.actor } };
    case 'merge-requested': {
      const { reason, actor, from } = record;
      return { name, body: { ...ids, reason, actor, from } };
    }
    case 'merge-handed': {
      const { part, parts, from } = record;
      const state = Buffer.from(encodeCustomer(record.state));
      return { name, body: { ...ids, part, parts, state, from } };
    }
    case 'merge-refused':
      return { name, body: { ...ids, reason: record.reason, from: record.from } };
  }
}

/** What was written was checked before; field by field, so that the decoder's own objects do not travel on. */
export function mergeFromWire({ name, body }: WireRecord): MergeRecord {
  const kind = KINDS.get(name) as MergeRecord['kind'];
  if (kind === 'forwarded') return forwardedFrom(body as ForwardedBody);
  const { mergeId: id, survivorId, otherId, ...rest } = body as MergeBody;
  const ids = { id, survivorId, otherId };
  const { reason, actor } = rest;
  if (kind === 'merge-asked') return { kind, ...ids, reason, actor };
  const from = originOf(rest.from);
  if (kind === 'merge-requested') return { kind, ...ids, reason, actor, from };
  if (kind === 'merge-handed') {
    const { part, parts, state } = rest;
    return { kind, ...ids, part, parts, state: decodeCustomer(state), from };
  }
  const known = MERGE_REFUSALS.find((it) => it === reason);
  if (known === undefined) {
    const sentence = 'A merge was refused for a reason that this version does not know.';
    throw new ContractFault('bad-field', 'reason', sentence);
  }
  return { kind, ...ids, reason: known, from };
}

function forwardedFrom({ customerId, event: json, clockAt, from }: ForwardedBody): Forwarded {
  const event = JSON.parse(json) as CustomerEvent;
  const record = { kind: 'forwarded', customerId, event, from: originOf(from) } as const;
  return clockAt === null ? record : { ...record, clockAt };
}

function originOf({ partition, epoch, number }: HandOverOrigin): HandOverOrigin {
  return { partition, epoch, number };
}
