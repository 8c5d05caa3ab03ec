import type { Feedback } from '@strata/domain';
import type { EventDefinition } from '../event-definition.ts';
import { decimal, decimalAboveZero } from '../fields.ts';

interface Fields {
  readonly score: number;
  readonly scale: number;
}

export const feedback: EventDefinition<Feedback> = {
  type: 'feedback',
  recordName: 'strata.log.Feedback',
  shape: { score: decimal, scale: decimalAboveZero },
  example: { source: 'survey', channel: 'online', score: 9, scale: 10 },
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
