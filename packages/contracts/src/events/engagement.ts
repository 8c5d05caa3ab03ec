import type { Engagement } from '@strata/domain';
import type { EventDefinition } from '../event-definition.ts';
import { decimal, word } from '../fields.ts';

const WEIGHT_DEFAULT = 1;

interface Fields {
  readonly kind: string;
  readonly weight?: number;
}

export const engagement: EventDefinition<Engagement> = {
  type: 'engagement',
  recordName: 'strata.log.Engagement',
  shape: { kind: word, weight: decimal.exactOptional() },
  example: { source: 'app', channel: 'online', kind: 'visit', weight: 1 },
  fromIntake(base, fields) {
    const { kind, weight = WEIGHT_DEFAULT } = fields as Fields;
    return { type: 'engagement', ...base, kind, weight };
  },
  toLog: ({ kind, weight }) => ({ kind, weight }),
  fromLog(base, body) {
    const { kind, weight } = body as Required<Fields>;
    return { type: 'engagement', ...base, kind, weight };
  },
};
