import type { Erased } from '@strata/domain';
import { z } from 'zod';
import { checkedControl } from './checked-control.ts';
import { id, text } from './fields.ts';

/**
 * A decision to erase on its way in: `{"type":"erased","erasureId":...}`, JSON on `strata.intake.events.v1`, in the
 * partition of its customer, so that it cannot overtake events sent there before it.
 */
const CONTRACT = z.object({ erasureId: id, customerId: id, reason: text.min(1), actor: id });
const ERASURE_CONTROL_TYPE = 'erased';

export function isErasureControl(raw: Readonly<Record<string, unknown>>): boolean {
  return raw['type'] === ERASURE_CONTROL_TYPE;
}

/** @throws ContractFault that names the field at fault. */
export function readErasureControl(raw: Readonly<Record<string, unknown>>): Erased {
  const { erasureId, ...rest } = checkedControl(CONTRACT, raw);
  return { kind: 'erased', id: erasureId, ...rest };
}

export function erasureControlToJson(record: Erased): Record<string, unknown> {
  const { id: erasureId, customerId, reason, actor } = record;
  return { type: ERASURE_CONTROL_TYPE, erasureId, customerId, reason, actor };
}
