import { type CustomerEvent, DAY_MS, type Instant, type Severity } from '@strata/domain';
import { DEMO_DAYS, DEMO_END, DEMO_START } from './demo-calendar.ts';
import type { SeededRandom } from './seeded-random.ts';

/**
 * What the demo sends, and when: an event that is late arrives after others that happened later.
 */
export interface Arrival {
  readonly event: CustomerEvent;
  readonly arrivesAt: Instant;
}

export interface Shopper {
  readonly customerId: string;
  /** Part of every id of this customer's orders and events. */
  readonly number: string;
}

/**
 * The rhythm of BG/NBD (Fader, Hardie and Lee 2005): while alive, a customer buys at random at a rate of its own
 * (gamma over customers), and after each order drops out with a probability of its own (beta over customers).
 */
const RATE_SHAPE = 1.1;
const DAYS_BETWEEN_ORDERS_MEAN = 26;
const DROPOUT_A = 0.9;
const DROPOUT_B = 5.5;
/** The last newcomers still have four months to show what they are. */
const JOIN_DAYS = DEMO_DAYS - 120;

const CHANNELS = ['online', 'online', 'store', 'phone'] as const;
const CATEGORIES = ['tea', 'teaware', 'gifts', 'snacks'] as const;
const KINDS = ['visit', 'visit', 'favourite', 'share'] as const;
const SEVERITIES: readonly Severity[] = [
  ...(['low', 'low', 'low', 'medium', 'medium', 'high', 'critical'] as const),
];

const LATE_SHARE = 0.03;
const REPEAT_SHARE = 0.02;

/** Everything one customer does and what its sources do to it: some events are late, some come twice. */
export function shopperArrivals(shopper: Shopper, random: SeededRandom): readonly Arrival[] {
  const life = new ShopperLife(shopper, random);
  life.live();
  return life.arrivals.filter(({ arrivesAt }) => arrivesAt < DEMO_END);
}

class ShopperLife {
  readonly arrivals: Arrival[] = [];
  readonly #random: SeededRandom;
  readonly #shopper: Shopper;
  readonly #medianMinor: number;
  #orders = 0;
  #others = 0;

  constructor(shopper: Shopper, random: SeededRandom) {
    this.#shopper = shopper;
    this.#random = random;
    this.#medianMinor = random.logNormal(4_200, 0.45);
  }

  live(): void {
    const random = this.#random;
    const meanDays = (DAYS_BETWEEN_ORDERS_MEAN * RATE_SHAPE) / random.gamma(RATE_SHAPE);
    const dropout = random.beta(DROPOUT_A, DROPOUT_B);
    let day = random.uniform() ** 1.4 * JOIN_DAYS;
    if (random.chance(0.15)) this.#introduce(day);
    while (day < DEMO_DAYS - 1) {
      this.#order(Math.floor(day));
      if (random.chance(dropout)) return;
      day += 1 + random.exponential(meanDays);
    }
  }

  #order(day: number): void {
    const random = this.#random;
    this.#orders++;
    const orderId = `${this.#shopper.number}-${String(this.#orders).padStart(2, '0')}`;
    const at = this.#inOpeningHours(day);
    for (let visits = random.integer(0, 2); visits > 0; visits--) {
      this.#send(at - random.between(0.01, 8) * DAY_MS, (base) => ({
        ...base,
        type: 'engagement',
        source: 'app',
        kind: random.pick(KINDS),
        weight: 1,
      }));
    }
    const isRefundFirst = random.chance(0.008);
    const minor = Math.max(500, Math.round(random.logNormal(this.#medianMinor, 0.35)));
    const refundedAt = at + random.between(1, 15) * DAY_MS;
    this.#purchase(orderId, at, {
      minor,
      arrivesAt: isRefundFirst ? refundedAt + random.between(1, 48) * 3_600_000 : null,
    });
    if (random.chance(0.06)) {
      const later = at + random.between(0.2, 4) * DAY_MS;
      this.#purchase(orderId, later, { minor: Math.round(minor * 0.4), arrivesAt: null });
    }
    if (isRefundFirst || random.chance(0.035)) this.#refund(orderId, refundedAt, minor);
    else if (random.chance(0.025)) this.#cancel(orderId, at);
    if (random.chance(0.05)) this.#complain(at + random.between(0.5, 6) * DAY_MS);
    if (random.chance(0.07)) this.#opine(at + random.between(1, 10) * DAY_MS);
  }

  #purchase(
    orderId: string,
    at: Instant,
    { minor, arrivesAt }: { readonly minor: number; readonly arrivesAt: Instant | null },
  ): void {
    const random = this.#random;
    const purchase = (base: EventBase): CustomerEvent => ({
      ...base,
      type: 'purchase',
      source: 'shop',
      channel: random.pick(CHANNELS),
      orderSource: 'shop',
      orderId,
      amount: { minor, currency: 'CNY' },
      category: random.pick(CATEGORIES),
    });
    this.#send(at, purchase, arrivesAt);
  }

  /** Three of four refunds are whole; a few name no order, as a gesture of goodwill does not. */
  #refund(orderId: string, at: Instant, orderMinor: number): void {
    const random = this.#random;
    const minor = random.chance(0.75) ? orderMinor : Math.round(orderMinor * 0.3);
    const order = random.chance(0.1) ? {} : { orderSource: 'shop', orderId };
    this.#send(
      at,
      (base) => ({
        ...base,
        type: 'refund',
        source: 'shop',
        ...order,
        amount: { minor, currency: 'CNY' },
      }),
      at,
    );
  }

  #cancel(orderId: string, at: Instant): void {
    const random = this.#random;
    const cancelledAt = at + random.between(0.05, 3) * DAY_MS;
    const standing = { source: 'shop', orderSource: 'shop', orderId };
    this.#send(cancelledAt, (base) => ({ ...base, ...standing, type: 'order-cancelled' }));
    if (!random.chance(0.25)) return;
    const reinstatedAt = cancelledAt + random.between(0.1, 2) * DAY_MS;
    this.#send(reinstatedAt, (base) => ({ ...base, ...standing, type: 'order-reinstated' }));
  }

  #complain(at: Instant): void {
    const random = this.#random;
    const ticketId = `t-${this.#shopper.number}-${this.#orders}`;
    const severity = random.pick(SEVERITIES);
    const ticket = { source: 'desk', ticketId };
    this.#send(at, (base) => ({ ...base, ...ticket, type: 'complaint', severity }));
    if (!random.chance(0.7)) return;
    const satisfaction = random.integer(1, 5);
    this.#send(at + random.between(0.5, 9) * DAY_MS, (base) => ({
      ...base,
      ...ticket,
      type: 'complaint-resolved',
      satisfaction,
    }));
  }

  #opine(at: Instant): void {
    const score = this.#random.integer(3, 10);
    this.#send(at, (base) => ({ ...base, type: 'feedback', source: 'survey', score, scale: 10 }));
  }

  #introduce(day: number): void {
    const segment = this.#random.pick(['retail', 'wholesale'] as const);
    const region = this.#random.pick(['east', 'south', 'north', 'west'] as const);
    this.#send(DEMO_START + day * DAY_MS, (base) => ({
      ...base,
      type: 'profile',
      source: 'crm',
      attributes: { segment, region },
    }));
  }

  /** `arrivesAt` null: at once, or late as a share of all events is; a share of all arrives a second time. */
  #send(
    at: Instant,
    make: (base: EventBase) => CustomerEvent,
    arrivesAt: Instant | null = null,
  ): void {
    const random = this.#random;
    const occurredAt = Math.max(DEMO_START, Math.round(at / 1_000) * 1_000);
    this.#others++;
    const eventId = `${this.#shopper.number}-e${this.#others}`;
    const event = make({ eventId, customerId: this.#shopper.customerId, occurredAt });
    const late = random.chance(LATE_SHARE) ? random.between(2, 25) * DAY_MS : 0;
    const first = Math.max(occurredAt, Math.round(arrivesAt ?? occurredAt + late));
    this.arrivals.push({ event, arrivesAt: first });
    if (!random.chance(REPEAT_SHARE)) return;
    const again = first + Math.round(random.between(0.001, 3) * DAY_MS);
    this.arrivals.push({ event, arrivesAt: again });
  }

  #inOpeningHours(day: number): Instant {
    return DEMO_START + day * DAY_MS + this.#random.between(9, 21.5) * 3_600_000;
  }
}

interface EventBase {
  readonly eventId: string;
  readonly customerId: string;
  readonly occurredAt: Instant;
}
