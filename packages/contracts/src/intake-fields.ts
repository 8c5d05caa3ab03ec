import { CUSTOMER_EVENT_TYPES, type CustomerEventType } from '@strata/domain';
import { definitionOf } from './event-definitions.ts';

/** The fields of a type beside those of every event, and whether an event of it has to have them. */
export function intakeFieldsOf(
  type: CustomerEventType,
): ReadonlyMap<string, { isNeeded: boolean }> {
  const { shape } = definitionOf(type);
  const fields = Object.entries(shape).map(
    ([name, schema]) => [name, { isNeeded: schema.def.type !== 'optional' }] as const,
  );
  return new Map(fields);
}

/** Every field that some type has beside those of every event. */
export const INTAKE_FIELD_NAMES: readonly string[] = [
  ...new Set(CUSTOMER_EVENT_TYPES.flatMap((type) => [...intakeFieldsOf(type).keys()])),
];
