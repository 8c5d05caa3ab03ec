import { OVERRIDE_KINDS, type OverrideRecord } from '@strata/domain';
import { z } from 'zod';
import { checkedControl } from './checked-control.ts';
import { id, instantField, text } from './fields.ts';
import { formatRfc3339 } from './rfc3339.ts';

/**
 * A person's decision on its way in: `{"type":"override-set","overrideId":...}` or `override-cleared`, JSON on
 * `strata.intake.events.v1`, in the partition of its customer, so that it cannot overtake events sent before it.
 */
const reason = text.min(1);
const base = { overrideId: id, customerId: id, reason, actor: id };
const CONTRACTS = {
  'override-set': z.object({
    ...base,
    kind: z.enum(OVERRIDE_KINDS),
    tier: id,
    until: instantField.rfc3339.nullish(),
  }),
  'override-cleared': z.object(base),
} as const;

export function isOverrideControl(raw: Readonly<Record<string, unknown>>): boolean {
  return raw['type'] === 'override-set' || raw['type'] === 'override-cleared';
}

/** @throws ContractFault that names the field at fault. */
export function readOverrideControl(raw: Readonly<Record<string, unknown>>): OverrideRecord {
  if (raw['type'] === 'override-cleared') {
    const { overrideId, ...rest } = checkedControl(CONTRACTS['override-cleared'], raw);
    return { kind: 'override-cleared', id: overrideId, ...rest };
  }
  const body = checkedControl(CONTRACTS['override-set'], raw);
  const { kind, tier, until = null } = body;
  return {
    kind: 'override-set',
    id: body.overrideId,
    customerId: body.customerId,
    override: { kind, tier, reason: body.reason, actor: body.actor, until },
  };
}

export function overrideControlToJson(record: OverrideRecord): Record<string, unknown> {
  const { id: overrideId, customerId } = record;
  if (record.kind === 'override-cleared') {
    const { reason: why, actor } = record;
    return { type: record.kind, overrideId, customerId, reason: why, actor };
  }
  const { until, ...rest } = record.override;
  const at = until === null ? null : formatRfc3339(until);
  return { type: record.kind, overrideId, customerId, ...rest, until: at };
}
