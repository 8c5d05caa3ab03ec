import type { Link } from '@strata/domain';
import type { EventDefinition } from '../event-definition.ts';
import { id } from '../fields.ts';

interface Fields {
  readonly linkedId: string;
  readonly linkedSource?: string;
  readonly reason?: string;
  readonly actor?: string;
}

interface LogFields {
  readonly linkedId: string;
  readonly reason: string | null;
  readonly actor: string | null;
}

/** By the time it is written to the log the linked id says by itself whose it is. */
export const link: EventDefinition<Link> = {
  type: 'link',
  recordName: 'strata.log.Link',
  shape: {
    linkedId: id,
    linkedSource: id.exactOptional(),
    reason: id.exactOptional(),
    actor: id.exactOptional(),
  },
  example: {
    source: 'crm',
    channel: 'online',
    linkedId: '17',
    linkedSource: 'desk',
    reason: 'signed in at the desk',
    actor: 'ann',
  },
  fromIntake: (base, fields) => ({ type: 'link', ...base, ...(fields as Fields) }),
  toLog: ({ linkedId, reason = null, actor = null }) => ({ linkedId, reason, actor }),
  fromLog(base, body) {
    const { linkedId, reason, actor } = body as LogFields;
    return {
      type: 'link',
      ...base,
      linkedId,
      ...(reason === null ? {} : { reason }),
      ...(actor === null ? {} : { actor }),
    };
  },
};
