import type { OrderCancelled, OrderReinstated } from '@strata/domain';
import type { EventDefinition, IntakeBase } from '../event-definition.ts';
import { id } from '../fields.ts';

/** The two events that say whether an order stands: they carry the same fields. */

interface Fields {
  readonly orderId: string;
  readonly orderSource?: string;
}

interface OrderName {
  readonly orderSource: string;
  readonly orderId: string;
}

const shape = { orderId: id, orderSource: id.exactOptional() };
const example = { source: 'shop', channel: 'online', orderId: 'o1', orderSource: 'shop' };

function orderOf(base: IntakeBase, fields: unknown): OrderName {
  const { orderId, orderSource = base.source } = fields as Fields;
  return { orderSource, orderId };
}

function orderFromLog(body: unknown): OrderName {
  const { orderSource, orderId } = body as OrderName;
  return { orderSource, orderId };
}

export const orderCancelled: EventDefinition<OrderCancelled> = {
  type: 'order-cancelled',
  recordName: 'strata.log.OrderCancelled',
  shape,
  example,
  fromIntake: (base, fields) => ({ type: 'order-cancelled', ...base, ...orderOf(base, fields) }),
  toLog: ({ orderSource, orderId }) => ({ orderSource, orderId }),
  fromLog: (base, body) => ({ type: 'order-cancelled', ...base, ...orderFromLog(body) }),
};

export const orderReinstated: EventDefinition<OrderReinstated> = {
  type: 'order-reinstated',
  recordName: 'strata.log.OrderReinstated',
  shape,
  example,
  fromIntake: (base, fields) => ({ type: 'order-reinstated', ...base, ...orderOf(base, fields) }),
  toLog: ({ orderSource, orderId }) => ({ orderSource, orderId }),
  fromLog: (base, body) => ({ type: 'order-reinstated', ...base, ...orderFromLog(body) }),
};
