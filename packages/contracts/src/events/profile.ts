import type { AttributeValue, Profile } from '@strata/domain';
import type { EventDefinition } from '../event-definition.ts';
import { attributes } from '../fields.ts';

interface Fields {
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export const profile: EventDefinition<Profile> = {
  type: 'profile',
  recordName: 'strata.log.Profile',
  shape: { attributes },
  example: {
    source: 'crm',
    channel: 'store',
    attributes: {
      segment: 'enterprise',
      region: 'east',
      industry: 'steel',
      roles: ['buyer', 'supplier'],
      shareOfWallet: 0.3,
    },
  },
  fromIntake: (base, fields) => ({ type: 'profile', ...base, ...(fields as Fields) }),
  toLog: (event) => ({ attributes: event.attributes }),
  /** Copied, because Avro's maps are not plain objects. */
  fromLog: (base, body) => ({
    type: 'profile',
    ...base,
    attributes: { ...(body as Fields).attributes },
  }),
};
