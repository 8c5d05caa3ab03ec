import { type CustomerEvent, DAY_MS, type Instant } from '@strata/domain';
import { DEMO_START } from './demo-calendar.ts';

/**
 * The customer whose story the demo tells: it buys every three weeks, reaches gold, then buys no more. Its events are
 * the same for every seed, and it sends none after its last order: what follows comes from time alone.
 */
export const TEA_HOUSE = '林记茶行';

const FIRST_ORDER_DAY = 9;
const ORDERS_EVERY_DAYS = 21;
const AMOUNTS_MINOR = [
  5_200, 4_800, 6_100, 5_500, 5_900, 4_600, 6_400, 5_300, 5_700, 6_000, 5_100, 5_800,
];
const OPENS_AT_MS = 10.5 * 3_600_000;

export function teaHouseEvents(): readonly CustomerEvent[] {
  return AMOUNTS_MINOR.flatMap((minor, index): CustomerEvent[] => {
    const day = DEMO_START + (FIRST_ORDER_DAY + index * ORDERS_EVERY_DAYS) * DAY_MS;
    const occurredAt = day + OPENS_AT_MS;
    const number = String(index + 1).padStart(2, '0');
    return [
      {
        type: 'engagement',
        source: 'app',
        eventId: `lin-v${number}`,
        customerId: TEA_HOUSE,
        occurredAt: occurredAt - DAY_MS / 24,
        kind: 'visit',
        weight: 1,
      },
      {
        type: 'purchase',
        source: 'shop',
        eventId: `lin-${number}`,
        customerId: TEA_HOUSE,
        occurredAt,
        channel: 'store',
        orderSource: 'shop',
        orderId: `lin-${number}`,
        amount: { minor, currency: 'CNY' },
        category: 'tea',
      },
    ];
  });
}

/** After this nobody sends anything about the tea house. */
export const TEA_HOUSE_LAST_EVENT: Instant =
  DEMO_START +
  (FIRST_ORDER_DAY + (AMOUNTS_MINOR.length - 1) * ORDERS_EVERY_DAYS) * DAY_MS +
  OPENS_AT_MS;
