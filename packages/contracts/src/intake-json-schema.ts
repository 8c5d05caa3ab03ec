import type { CustomerEventType } from '@strata/domain';
import { z } from 'zod';
import { definitionOf } from './event-definitions.ts';
import { guestPlace, guestToken } from './guest.ts';
import { intakeShape } from './intake-event.ts';

/**
 * JSON Schema (draft 7) of the JSON form of a type, for producers and their tools. It never refuses what the intake
 * takes; a few things it cannot tell (at most 3 decimals, a day that the calendar has) the intake refuses beyond it.
 */
export function intakeJsonSchema(type: CustomerEventType): Readonly<Record<string, unknown>> {
  const place = guestPlace(type);
  const shape = { type: z.literal(type), ...intakeShape(definitionOf(type), 'rfc3339') };
  const guest = guestToken.exactOptional();
  // What goes in is described: an instant as text, and no default as needed.
  const schema = z.toJSONSchema(z.object({ ...shape, guest }), { target: 'draft-7', io: 'input' });
  const { properties = {}, required = [], ...rest } = schema;
  const { [place]: named = {}, guest: token = {}, ...others } = properties;
  return {
    ...rest,
    properties: others,
    required: required.filter((name) => name !== place),
    anyOf: [
      { properties: { [place]: named }, required: [place] },
      { properties: { [place]: { enum: ['', null] }, guest: token }, required: ['guest'] },
    ],
  };
}
