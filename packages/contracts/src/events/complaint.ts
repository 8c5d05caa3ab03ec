import { type Complaint, type ComplaintResolved, SEVERITIES, type Severity } from '@strata/domain';
import { z } from 'zod';
import { ContractFault } from '../contract-fault.ts';
import type { EventDefinition, IntakeBase } from '../event-definition.ts';
import { decimal, id } from '../fields.ts';

interface ComplaintFields {
  readonly ticketId: string;
  readonly severity: Severity;
}

export const complaint: EventDefinition<Complaint> = {
  type: 'complaint',
  recordName: 'strata.log.Complaint',
  shape: { ticketId: id, severity: z.enum(SEVERITIES) },
  example: { source: 'desk', channel: 'phone', ticketId: 't1', severity: 'high' },
  fromIntake(base, fields) {
    const { ticketId, severity } = fields as ComplaintFields;
    return { type: 'complaint', ...base, ticketId, severity };
  },
  toLog: ({ ticketId, severity }) => ({ ticketId, severity }),
  /**
   * The log keeps the severity as a string, so that a new member breaks no reader; one we cannot
   * weigh is a fault.
   */
  fromLog(base, body) {
    const { ticketId, severity } = body as ComplaintFields;
    if (!SEVERITIES.includes(severity)) {
      throw new ContractFault(
        'bad-field',
        'severity',
        'A complaint has a severity we do not know.',
      );
    }
    return { type: 'complaint', ...base, ticketId, severity };
  },
};

interface ResolvedFields {
  readonly ticketId: string;
  readonly satisfaction?: number | null;
}

export const complaintResolved: EventDefinition<ComplaintResolved> = {
  type: 'complaint-resolved',
  recordName: 'strata.log.ComplaintResolved',
  shape: { ticketId: id, satisfaction: decimal.exactOptional() },
  example: { source: 'desk', channel: 'phone', ticketId: 't1', satisfaction: 4 },
  fromIntake: (base, fields) => resolved(base, fields as ResolvedFields),
  toLog: ({ ticketId, satisfaction = null }) => ({ ticketId, satisfaction }),
  fromLog: (base, body) => resolved(base, body as ResolvedFields),
};

function resolved(base: IntakeBase, { ticketId, satisfaction }: ResolvedFields): ComplaintResolved {
  const event = { type: 'complaint-resolved', ...base, ticketId } as const;
  return satisfaction === null || satisfaction === undefined ? event : { ...event, satisfaction };
}
