import type { WentLive } from '@strata/domain';
import { z } from 'zod';
import { checkedControl } from './checked-control.ts';
import { ContractFault } from './contract-fault.ts';
import { formatRfc3339, parseRfc3339 } from './rfc3339.ts';

/**
 * The end of data time on its way in: `{"type":"go-live","at":"...","announceFrom":1}`, one to each partition of
 * `strata.intake.events.v1`, behind the events and clock marks of its partition. Without `announceFrom` nothing of what
 * fell due until then is announced.
 */
export const GO_LIVE_CONTROL_TYPE = 'go-live';
const CONTRACT = z.object({ at: z.string(), announceFrom: z.number().int().min(0).nullish() });

export function isGoLiveControl(raw: Readonly<Record<string, unknown>>): boolean {
  return raw['type'] === GO_LIVE_CONTROL_TYPE;
}

/** @throws ContractFault that names the field at fault. */
export function readGoLiveControl(raw: Readonly<Record<string, unknown>>): WentLive {
  const { at, announceFrom = null } = checkedControl(CONTRACT, raw);
  const instant = parseRfc3339(at);
  if (instant === null) {
    throw new ContractFault('bad-time', 'at', 'The instant of going live is not RFC 3339.');
  }
  return { kind: 'went-live', at: instant, announceFrom };
}

export function goLiveControlToJson({ at, announceFrom }: WentLive): Record<string, unknown> {
  return { type: GO_LIVE_CONTROL_TYPE, at: formatRfc3339(at), announceFrom };
}
