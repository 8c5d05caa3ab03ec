import { type CustomerEvent, DAY_MS, type Instant } from '@strata/domain';
import { BenchFault } from '../bench-fault.ts';
import { seededRandom } from '../seeded-random.ts';

/** How much happens, to how many, and how often it is meant to change a tier. */
export interface Traffic {
  readonly customers: number;
  /** Events of all customers together; the first quarter is warm-up and brings everybody's first order. */
  readonly records: number;
  /** Of a hundred events after the warm-up, about so many change a tier. */
  readonly changePercent: number;
}

export const WARM_UP_SHARE = 0.25;
const FIRST_AT = Date.parse('2024-01-01T00:00:00Z');
/** Long enough for orders to leave their window of 365 days, and for silence to tell. */
const SPAN_MS = 500 * DAY_MS;
/** Each lifts a customer to silver, gold or platinum by itself, whatever else it bought. */
const LARGE_MINOR = [15_000, 40_000, 100_000] as const;
/** So small that all of a customer's together stay in the lowest step of revenue. */
const SMALL_MINOR = 100;
const SMALL_MINOR_RANGE = 100;
const PART_REFUND_SHARE = 0.03;
const REPEAT_SHARE = 0.005;

/** When the event of an index happens: they are spread evenly, in order. */
export function instantOf(index: number, { records }: Traffic): Instant {
  return FIRST_AT + Math.floor((index * SPAN_MS) / records);
}

/**
 * The same events in every run, in the order of time: small orders that change nothing, parts of them
 * refunded, repeats, and, as often as is wanted, a large order that promotes its customer or the
 * refund of the last large one, which demotes it again.
 */
export function* eventsOf(traffic: Traffic): Generator<CustomerEvent> {
  const { customers, records } = traffic;
  if (records * WARM_UP_SHARE < customers) {
    throw new BenchFault(
      `${records} records are too few for ${customers} customers: give at least four each (--orders 4).`,
    );
  }
  const random = seededRandom(records);
  const shopping = new Shopping(customers);
  for (let index = 0; index < records; index += 1) {
    const at = instantOf(index, traffic);
    if (index < customers) yield shopping.smallOrder(index, index, at);
    else yield shopping.next(index, at, { random, swingShare: traffic.changePercent / 100 });
  }
}

/** What was bought, as far as later events have to name it; -1 for nothing. */
class Shopping {
  readonly #customers: number;
  readonly #largeOf: Int32Array;
  readonly #smallOf: Int32Array;
  #last: CustomerEvent | null = null;

  constructor(customers: number) {
    this.#customers = customers;
    this.#largeOf = new Int32Array(customers).fill(-1);
    this.#smallOf = new Int32Array(customers).fill(-1);
  }

  next(
    index: number,
    at: Instant,
    { random, swingShare }: { readonly random: () => number; readonly swingShare: number },
  ): CustomerEvent {
    const customer = Math.floor(random() * this.#customers);
    const draw = random();
    if (draw < swingShare) return this.#swing(customer, index, at);
    if (draw < swingShare + REPEAT_SHARE && this.#last !== null) return this.#last;
    const isRefund = draw < swingShare + REPEAT_SHARE + PART_REFUND_SHARE;
    if (isRefund) return this.#partRefund(customer, index, at);
    return this.smallOrder(customer, index, at);
  }

  smallOrder(customer: number, index: number, at: Instant): CustomerEvent {
    this.#smallOf[customer] = index;
    return this.#purchase(customer, { index, at, minor: smallMinor(index) });
  }

  #swing(customer: number, index: number, at: Instant): CustomerEvent {
    const order = this.#largeOf[customer] ?? -1;
    if (order >= 0) {
      this.#largeOf[customer] = -1;
      return this.#refund(customer, { index, at, order, minor: largeMinor(order) });
    }
    this.#largeOf[customer] = index;
    return this.#purchase(customer, { index, at, minor: largeMinor(index) });
  }

  /** Everybody's first order is a small one. */
  #partRefund(customer: number, index: number, at: Instant): CustomerEvent {
    const order = this.#smallOf[customer] ?? -1;
    return this.#refund(customer, { index, at, order, minor: smallMinor(order) >> 1 });
  }

  #purchase(customer: number, { index, at, minor }: Happening): CustomerEvent {
    return this.#told({
      type: 'purchase',
      ...baseOf(customer, index, at),
      orderSource: 'shop',
      orderId: `order-${index}`,
      amount: { minor, currency: 'CNY' },
      category: 'tea',
    });
  }

  #refund(
    customer: number,
    { index, at, order, minor }: Happening & { readonly order: number },
  ): CustomerEvent {
    return this.#told({
      type: 'refund',
      ...baseOf(customer, index, at),
      orderSource: 'shop',
      orderId: `order-${order}`,
      amount: { minor, currency: 'CNY' },
    });
  }

  #told(event: CustomerEvent): CustomerEvent {
    this.#last = event;
    return event;
  }
}

interface Happening {
  readonly index: number;
  readonly at: Instant;
  readonly minor: number;
}

const largeMinor = (index: number): number => LARGE_MINOR[index % LARGE_MINOR.length] ?? 0;
const smallMinor = (index: number): number => SMALL_MINOR + (index % SMALL_MINOR_RANGE);

function baseOf(customer: number, index: number, occurredAt: Instant) {
  const customerId = `customer-${customer}`;
  return { source: 'shop', eventId: `event-${index}`, customerId, occurredAt, channel: 'online' };
}
