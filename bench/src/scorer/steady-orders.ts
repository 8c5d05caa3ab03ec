import type { CustomerEvent, Instant } from '@strata/domain';

/** Everybody buys once in each lap, for so little that no tier ever changes. */
export function* steadyOrders(wanted: {
  readonly customers: number;
  readonly firstLap: number;
  readonly laps: number;
  readonly from: Instant;
  /** From a customer's order to its next. */
  readonly lapMs: number;
}): Generator<CustomerEvent> {
  const { customers, firstLap, laps, from, lapMs } = wanted;
  for (let lap = firstLap; lap < firstLap + laps; lap += 1) {
    for (let customer = 0; customer < customers; customer += 1) {
      const at = from + Math.floor((lap + customer / customers) * lapMs);
      yield smallPurchase(customer, `${lap}-${customer}`, at);
    }
  }
}

/** An order of one cent. */
export function smallPurchase(customer: number, id: string, occurredAt: Instant): CustomerEvent {
  return {
    type: 'purchase',
    source: 'shop',
    eventId: `event-${id}`,
    customerId: `customer-${customer}`,
    occurredAt,
    channel: 'online',
    orderSource: 'shop',
    orderId: `order-${id}`,
    amount: { minor: 1, currency: 'CNY' },
    category: 'tea',
  };
}
