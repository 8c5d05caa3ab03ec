import type { Referral } from '@strata/domain';
import type { EventDefinition } from '../event-definition.ts';
import { id } from '../fields.ts';

interface Fields {
  readonly referredCustomerId: string;
}

export const referral: EventDefinition<Referral> = {
  type: 'referral',
  recordName: 'strata.log.Referral',
  shape: { referredCustomerId: id },
  example: { source: 'app', channel: 'online', referredCustomerId: 'c2' },
  fromIntake(base, fields) {
    const { referredCustomerId } = fields as Fields;
    return { type: 'referral', ...base, referredCustomerId };
  },
  toLog: ({ referredCustomerId }) => ({ referredCustomerId }),
  fromLog(base, body) {
    const { referredCustomerId } = body as Fields;
    return { type: 'referral', ...base, referredCustomerId };
  },
};
