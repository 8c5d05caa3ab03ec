import type { ClockMark } from '@strata/domain';
import { ContractFault } from './contract-fault.ts';
import { formatRfc3339, parseRfc3339 } from './rfc3339.ts';

/**
 * The clock mark of an import: `{"type":"clock","at":"..."}`, one to each partition of
 * `strata.intake.events.v1`. It travels behind the events of its partition, so that none of them
 * can be overtaken.
 */
export const CLOCK_CONTROL_TYPE = 'clock';

export function isClockControl(raw: Readonly<Record<string, unknown>>): boolean {
  return raw['type'] === CLOCK_CONTROL_TYPE;
}

export function readClockControl(raw: Readonly<Record<string, unknown>>): ClockMark {
  const { at } = raw;
  if (at === undefined || at === null) {
    throw new ContractFault('missing-field', 'at', 'A clock mark names no instant.');
  }
  const instant = typeof at === 'string' ? parseRfc3339(at) : null;
  if (instant === null) {
    throw new ContractFault('bad-time', 'at', 'The instant of a clock mark is not RFC 3339.');
  }
  return { kind: 'clock', at: instant };
}

export function clockControlToJson({ at }: ClockMark): Record<string, unknown> {
  return { type: CLOCK_CONTROL_TYPE, at: formatRfc3339(at) };
}
