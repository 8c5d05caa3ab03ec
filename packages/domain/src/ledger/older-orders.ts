import type { OlderOrders } from '../customer-state.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import type { Order } from './orders.ts';

export const utcDayOf = (at: Instant): number => Math.floor(at / DAY_MS);

/** What an order was worth up to an instant: its parts less its refunds. */
export function spendOf(order: Order, until: Instant): number {
  let spendMinor = 0;
  for (const part of order.remaining) if (part.at <= until) spendMinor += part.amountMinor;
  return spendMinor;
}

/** Takes in the counted orders that leave; the sum is the same whatever the order in which they do. */
export function withOlderOrders(
  older: OlderOrders | null,
  leaving: readonly Order[],
  staying: readonly Order[],
): OlderOrders | null {
  let sum = older;
  for (const order of leaving) sum = withOrder(sum, order);
  if (sum === null) return null;
  const stayingDays = new Set(staying.map((order) => utcDayOf(order.at)));
  const sharedDays = sum.sharedDays.filter((day) => stayingDays.has(day)).sort((a, b) => a - b);
  return { ...sum, sharedDays };
}

function withOrder(older: OlderOrders | null, order: Order): OlderOrders {
  const { at } = order;
  const day = utcDayOf(at);
  const spendMinor = spendOf(order, Infinity);
  if (older === null) {
    const spends = { spendMinor, firstDaySpendMinor: spendMinor };
    return { firstAt: at, lastAt: at, days: 1, ...spends, sharedDays: [day] };
  }
  const isKnownDay = older.sharedDays.includes(day);
  const firstDay = utcDayOf(older.firstAt);
  const onFirstDay =
    day === firstDay ? older.firstDaySpendMinor + spendMinor : older.firstDaySpendMinor;
  return {
    firstAt: Math.min(older.firstAt, at),
    lastAt: Math.max(older.lastAt, at),
    days: older.days + (isKnownDay ? 0 : 1),
    spendMinor: older.spendMinor + spendMinor,
    firstDaySpendMinor: day < firstDay ? spendMinor : onFirstDay,
    sharedDays: isKnownDay ? older.sharedDays : [...older.sharedDays, day],
  };
}
