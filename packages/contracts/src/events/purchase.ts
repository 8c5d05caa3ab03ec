import type { Money, Purchase } from '@strata/domain';
import type { EventDefinition } from '../event-definition.ts';
import { id, money, text } from '../fields.ts';

interface Fields {
  readonly orderId: string;
  readonly orderSource?: string;
  readonly amount: Money;
  readonly category?: string;
}

interface LogFields {
  readonly orderSource: string;
  readonly orderId: string;
  readonly amount: Money;
  readonly category: string | null;
}

export const purchase: EventDefinition<Purchase> = {
  type: 'purchase',
  recordName: 'strata.log.Purchase',
  shape: {
    orderId: id,
    orderSource: id.exactOptional(),
    amount: money,
    category: text.exactOptional(),
  },
  example: {
    source: 'shop',
    channel: 'online',
    orderId: 'o1',
    orderSource: 'shop',
    amount: { minor: 12_345, currency: 'CNY' },
    category: 'tea',
  },
  fromIntake(base, fields) {
    const { orderId, orderSource = base.source, amount, category } = fields as Fields;
    const event = { type: 'purchase', ...base, orderSource, orderId, amount } as const;
    return category === undefined ? event : { ...event, category };
  },
  toLog: ({ orderSource, orderId, amount, category = null }) => ({
    orderSource,
    orderId,
    amount,
    category,
  }),
  fromLog(base, body) {
    const { orderSource, orderId, amount, category } = body as LogFields;
    const { minor, currency } = amount;
    const event = {
      type: 'purchase',
      ...base,
      orderSource,
      orderId,
      amount: { minor, currency },
    } as const;
    return category === null ? event : { ...event, category };
  },
};
