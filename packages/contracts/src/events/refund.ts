import type { Money, Refund } from '@strata/domain';
import type { EventDefinition } from '../event-definition.ts';
import { id, money } from '../fields.ts';

interface Fields {
  readonly orderId?: string;
  readonly orderSource?: string;
  readonly amount: Money;
}

interface LogFields {
  readonly orderSource: string | null;
  readonly orderId: string | null;
  readonly amount: Money;
}

export const refund: EventDefinition<Refund> = {
  type: 'refund',
  recordName: 'strata.log.Refund',
  shape: { orderId: id.exactOptional(), orderSource: id.exactOptional(), amount: money },
  example: {
    source: 'shop',
    channel: 'online',
    orderId: 'o1',
    orderSource: 'shop',
    amount: { minor: 5_000, currency: 'CNY' },
  },
  /** Without an order id there is no order, whatever its source was said to be. */
  fromIntake(base, fields) {
    const { orderId, orderSource = base.source, amount } = fields as Fields;
    const event = { type: 'refund', ...base, amount } as const;
    return orderId === undefined ? event : { ...event, orderSource, orderId };
  },
  toLog: ({ orderSource = null, orderId = null, amount }) => ({ orderSource, orderId, amount }),
  fromLog(base, body) {
    const { orderSource, orderId, amount } = body as LogFields;
    const { minor, currency } = amount;
    const event = { type: 'refund', ...base, amount: { minor, currency } } as const;
    return orderId === null || orderSource === null ? event : { ...event, orderSource, orderId };
  },
};
