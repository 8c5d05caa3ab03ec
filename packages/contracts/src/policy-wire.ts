import type { AnnounceFrom, PolicyActivated, Sweep } from '@strata/domain';
import { policySetFrom, policySetText } from './policy-set.ts';
import type { WireRecord } from './wire-record.ts';

/** What the log says of whatever comes to everybody at once; a number of 0 stands for what nobody published. */
export interface TurnBody {
  readonly number: number;
  readonly announceFrom: AnnounceFrom;
}

interface Turn {
  readonly number?: number;
  readonly announceFrom?: AnnounceFrom;
}

interface ActivatedBody extends TurnBody {
  readonly setId: string;
  readonly set: string;
}

const POLICY_ACTIVATED = 'strata.log.PolicyActivated';
const SWEEP = 'strata.log.Sweep';

export const isPolicyName = (name: string): boolean => name === POLICY_ACTIVATED || name === SWEEP;

export function policyToWire(record: PolicyActivated | Sweep): WireRecord {
  if (record.kind === 'sweep') {
    const { through, customerIds, isLast } = record;
    return { name: SWEEP, body: { through, customerIds, isLast } };
  }
  const { set, ...turn } = record;
  const body: ActivatedBody = { setId: set.id, set: policySetText(set), ...turnToWire(turn) };
  return { name: POLICY_ACTIVATED, body };
}

export function policyFromWire({ name, body }: WireRecord): PolicyActivated | Sweep {
  if (name === SWEEP) {
    const { through, customerIds, isLast } = body as Omit<Sweep, 'kind'>;
    return { kind: 'sweep', through, customerIds, isLast };
  }
  const { setId, set, ...turn } = body as ActivatedBody;
  return { kind: 'policy-activated', set: policySetFrom(setId, set), ...turnFromWire(turn) };
}

export function turnToWire({ number = 0, announceFrom = 0 }: Turn): TurnBody {
  return { number, announceFrom };
}

/** What stands for nothing is left out, as whoever wrote it had done. */
export function turnFromWire({ number, announceFrom }: TurnBody): Turn {
  return {
    ...(number === 0 ? {} : { number }),
    ...(announceFrom === 0 ? {} : { announceFrom }),
  };
}
