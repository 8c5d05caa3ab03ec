import type { Interaction } from '@strata/domain';
import type { EventDefinition, IntakeBase } from '../event-definition.ts';
import { id, text, word } from '../fields.ts';

interface Fields {
  readonly kind: string;
  readonly ownerId?: string | null;
  readonly purpose?: string | null;
}

export const interaction: EventDefinition<Interaction> = {
  type: 'interaction',
  recordName: 'strata.log.Interaction',
  shape: { kind: word, ownerId: id.exactOptional(), purpose: text.exactOptional() },
  example: { source: 'crm', channel: 'store', kind: 'visit', ownerId: 's1', purpose: 'renewal' },
  fromIntake: (base, fields) => interactionOf(base, fields as Fields),
  toLog: ({ kind, ownerId = null, purpose = null }) => ({ kind, ownerId, purpose }),
  fromLog: (base, body) => interactionOf(base, body as Fields),
};

function interactionOf(base: IntakeBase, { kind, ownerId, purpose }: Fields): Interaction {
  return {
    type: 'interaction',
    ...base,
    kind,
    ...(ownerId === null || ownerId === undefined ? {} : { ownerId }),
    ...(purpose === null || purpose === undefined ? {} : { purpose }),
  };
}
