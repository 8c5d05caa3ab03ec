import type { NaiveCustomer } from './customer.ts';
import type { Conversion } from './history.ts';

/** Every referral that names somebody who has become existing at or after it, and has not been counted yet. */
export function conversionsDue(customers: ReadonlyMap<string, NaiveCustomer>): Conversion[] {
  const due = new Map<string, Conversion>();
  for (const [customerId, { history }] of customers) {
    for (const { event } of history) {
      if (event.type !== 'referral' || event.referredCustomerId === customerId) continue;
      const existingAt = customers.get(event.referredCustomerId)?.existingAt ?? null;
      if (existingAt === null || event.occurredAt > existingAt) continue;
      const conversion: Conversion = {
        type: 'referral-converted',
        source: 'referral',
        eventId: event.referredCustomerId,
        customerId,
        occurredAt: existingAt,
      };
      if (!history.some(({ event: known }) => isThis(known, conversion))) {
        due.set(`${customerId} / ${conversion.eventId}`, conversion);
      }
    }
  }
  return [...due.values()];
}

const isThis = (
  one: { readonly type: string; readonly eventId: string },
  { type, eventId }: Conversion,
): boolean => one.type === type && one.eventId === eventId;
