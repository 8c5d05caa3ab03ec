import type { MergeAsked } from '@strata/domain';
import { z } from 'zod';
import { checkedControl } from './checked-control.ts';
import { id, text } from './fields.ts';

/**
 * Who says that two customers are one: `{"type":"merge-asked","mergeId":...}`, JSON on `strata.intake.events.v1`, in the
 * partition of the survivor, so that it cannot overtake events sent before it.
 */
const CONTRACT = z.object({
  mergeId: id,
  survivorId: id,
  otherId: id,
  reason: text.min(1),
  actor: id,
});

export function isMergeControl(raw: Readonly<Record<string, unknown>>): boolean {
  return raw['type'] === 'merge-asked';
}

/** @throws ContractFault that names the field at fault. */
export function readMergeControl(raw: Readonly<Record<string, unknown>>): MergeAsked {
  const { mergeId, ...rest } = checkedControl(CONTRACT, raw);
  return { kind: 'merge-asked', id: mergeId, ...rest };
}

export function mergeControlToJson(record: MergeAsked): Record<string, unknown> {
  const { kind: type, id: mergeId, ...rest } = record;
  return { type, mergeId, ...rest };
}
