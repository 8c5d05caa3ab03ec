import type { CustomerEvent } from '@strata/domain';
import type { WireRecord } from './wire-record.ts';

/**
 * The intake's Avro form: one record for all types, with null for the fields that a type does not
 * carry.
 */

export const INTAKE_RECORD = 'strata.intake.Event';

const OPTIONAL_FIELDS = {
  channel: null,
  orderId: null,
  orderSource: null,
  amount: null,
  category: null,
  ticketId: null,
  severity: null,
  satisfaction: null,
  score: null,
  scale: null,
  kind: null,
  weight: null,
  referredCustomerId: null,
  ownerId: null,
  purpose: null,
  stage: null,
  attributes: null,
  guest: null,
  linkedId: null,
  linkedSource: null,
  reason: null,
  actor: null,
};

export function eventToIntakeWire(event: CustomerEvent): WireRecord {
  return { name: INTAKE_RECORD, body: { ...OPTIONAL_FIELDS, ...event } };
}

/** The raw object to hand to `readIntakeEvent` with instants as `epoch-ms`. */
export function intakeWireToRaw({ body }: WireRecord): Readonly<Record<string, unknown>> {
  return body as Readonly<Record<string, unknown>>;
}
