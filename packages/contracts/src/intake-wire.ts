import type { CustomerEvent } from '@strata/domain';
import { BASE_NAMES } from './contract-names.ts';
import { EVENT_DEFINITIONS } from './event-definitions.ts';
import type { WireRecord } from './wire-record.ts';

/**
 * The intake's Avro form: one record for all types, with null for the fields that a type does not
 * carry.
 */

export const INTAKE_RECORD = 'strata.intake.Event';

const NO_FIELDS = Object.fromEntries(
  [...BASE_NAMES, ...EVENT_DEFINITIONS.flatMap(({ shape }) => Object.keys(shape))].map((name) => [
    name,
    null,
  ]),
);

export function eventToIntakeWire(event: CustomerEvent): WireRecord {
  return { name: INTAKE_RECORD, body: { ...NO_FIELDS, ...event } };
}

/** The raw object to hand to `readIntakeEvent` with instants as `epoch-ms`. */
export function intakeWireToRaw({ body }: WireRecord): Readonly<Record<string, unknown>> {
  return body as Readonly<Record<string, unknown>>;
}
