import type { Money, Opportunity } from '@strata/domain';
import type { EventDefinition, IntakeBase } from '../event-definition.ts';
import { money, word } from '../fields.ts';

interface Fields {
  readonly stage: string;
  readonly amount?: Money | null;
}

export const opportunity: EventDefinition<Opportunity> = {
  type: 'opportunity',
  recordName: 'strata.log.Opportunity',
  shape: { stage: word, amount: money.exactOptional() },
  example: {
    source: 'crm',
    channel: 'phone',
    stage: 'quoted',
    amount: { minor: 900_000, currency: 'CNY' },
  },
  fromIntake: (base, fields) => opportunityOf(base, fields as Fields),
  toLog: ({ stage, amount = null }) => ({ stage, amount }),
  fromLog: (base, body) => opportunityOf(base, body as Fields),
};

function opportunityOf(base: IntakeBase, { stage, amount }: Fields): Opportunity {
  const event = { type: 'opportunity', ...base, stage } as const;
  if (amount === null || amount === undefined) return event;
  const { minor, currency } = amount;
  return { ...event, amount: { minor, currency } };
}
