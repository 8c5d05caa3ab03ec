import { ContractFault, parseStrictJson, readIntakeEvent } from '@strata/contracts';
import type { ReadRow, RowReading } from './way-back.ts';

/** A line of events says everything by itself; rows of other formats are known by their place in their file. */
export const readRowAlone: ReadRow = (format, row) =>
  format === 'events' ? eventIn(row) : { kind: 'alone' };

function eventIn(line: Uint8Array): RowReading {
  try {
    const result = readIntakeEvent(parseStrictJson(line));
    if (result.kind === 'event') return { kind: 'events', events: [result.event] };
    const { reason, field } = result;
    return { kind: 'refused', reason, field };
  } catch (error) {
    if (!(error instanceof ContractFault)) throw error;
    return { kind: 'refused', reason: error.reason, field: error.field };
  }
}
