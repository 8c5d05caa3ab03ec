import { DAY_MS, type Instant } from '@strata/domain';
import type { Arrival } from '../sample/customer-feed.ts';
import { inventNames } from '../sample/invented-names.ts';
import { SeededRandom } from '../sample/seeded-random.ts';
import { shoppingArrivals } from '../sample/shopping-life.ts';
import { DEMO_END, DEMO_START } from './demo-calendar.ts';
import { DEMO_TRADE } from './demo-trade.ts';
import { TEA_HOUSE, teaHouseEvents } from './tea-house.ts';

export const DEMO_SEED = 20_260;
const SHOPPERS = 600;

/** The kinds of trouble that sources make, and how often each occurs in the data. */
export interface DemoTroubles {
  /** Events that arrive a second time. */
  readonly repeats: number;
  /** Events that arrive at least a day after they happened. */
  readonly late: number;
  /** Refunds that arrive before the order they are for. */
  readonly refundsFirst: number;
  /** Orders that come in several parts. */
  readonly severalParts: number;
}

export interface DemoData {
  readonly seed: number;
  readonly from: Instant;
  readonly to: Instant;
  /** Customers that buy, the tea house among them. */
  readonly customers: number;
  /** In the order in which they arrive. */
  readonly arrivals: readonly Arrival[];
  readonly troubles: DemoTroubles;
}

/** Eighteen months of a shop: the same seed gives the same events, byte for byte. */
export function generateEvents(seed: number = DEMO_SEED): DemoData {
  const random = new SeededRandom(seed);
  const names = inventNames(random, SHOPPERS, TEA_HOUSE);
  const shoppers = names.flatMap((customerId, index) => {
    const number = String(index + 1).padStart(4, '0');
    return shoppingArrivals({ customerId, number, others: [] }, DEMO_TRADE, random);
  });
  const story = teaHouseEvents().map((event) => ({ event, arrivesAt: event.occurredAt }));
  const arrivals = [...shoppers, ...story].toSorted(
    (a, b) => a.arrivesAt - b.arrivesAt || a.event.occurredAt - b.event.occurredAt,
  );
  return {
    seed,
    from: DEMO_START,
    to: DEMO_END,
    customers: new Set(arrivals.map(({ event }) => event.customerId)).size,
    arrivals,
    troubles: troublesOf(arrivals),
  };
}

function troublesOf(arrivals: readonly Arrival[]): DemoTroubles {
  const events = new Set<string>();
  const orders = new Map<string, number>();
  let repeats = 0;
  let late = 0;
  let refundsFirst = 0;
  for (const { event, arrivesAt } of arrivals) {
    const key = `${event.source} ${event.eventId}`;
    if (events.has(key)) {
      repeats++;
      continue;
    }
    events.add(key);
    if (arrivesAt - event.occurredAt >= DAY_MS) late++;
    if (event.type === 'purchase') {
      const order = `${event.customerId} ${event.orderId}`;
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    if (event.type === 'refund' && event.orderId !== undefined) {
      if (!orders.has(`${event.customerId} ${event.orderId}`)) refundsFirst++;
    }
  }
  const severalParts = [...orders.values()].filter((parts) => parts > 1).length;
  return { repeats, late, refundsFirst, severalParts };
}
