import type { Feedback } from '@strata/domain';
import type { EventDefinition } from '../event-definition.ts';
import { decimal } from '../fields.ts';

interface Fields {
  readonly score: number;
  readonly scale: number;
}

export const feedback: EventDefinition<Feedback> = {
  type: 'feedback',
  recordName: 'strata.log.Feedback',
  shape: { score: decimal, scale: decimal.refine((scale) => scale > 0) },
  fromIntake(base, fields) {
    const { score, scale } = fields as Fields;
    return { type: 'feedback', ...base, score, scale };
  },
  toLog: ({ score, scale }) => ({ score, scale }),
  fromLog(base, body) {
    const { score, scale } = body as Fields;
    return { type: 'feedback', ...base, score, scale };
  },
};
