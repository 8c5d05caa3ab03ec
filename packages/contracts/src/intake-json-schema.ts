import type { CustomerEventType } from '@strata/domain';
import { z } from 'zod';
import { definitionOf } from './event-definitions.ts';
import { intakeShape } from './intake-event.ts';

/**
 * JSON Schema (draft 7) of the JSON form of a type, for producers and their tools. It never refuses what the intake
 * takes; a few things it cannot tell (at most 3 decimals, a day that the calendar has) the intake refuses beyond it.
 */
export function intakeJsonSchema(type: CustomerEventType): Readonly<Record<string, unknown>> {
  const shape = { type: z.literal(type), ...intakeShape(definitionOf(type), 'rfc3339') };
  // What goes in is described: an instant as text, and no default as needed.
  return z.toJSONSchema(z.object(shape), { target: 'draft-7', io: 'input' });
}
