import { type CustomerEvent, DAY_MS, type Instant } from '@strata/domain';
import { orderDays } from './buying-rhythm.ts';
import { type Arrival, CustomerFeed, type EventBase } from './customer-feed.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Habit, Trade } from './trade.ts';

export interface Shopper {
  readonly customerId: string;
  /** Part of every id of this customer's orders and events. */
  readonly number: string;
  /** Whom this customer may recommend the business to. */
  readonly others: readonly string[];
}

const FESTIVAL_AHEAD_DAYS = 20;

/** Everything one customer of a trade does and what its sources do to it. */
export function shoppingArrivals(
  shopper: Shopper,
  trade: Trade,
  random: SeededRandom,
): readonly Arrival[] {
  const life = new ShoppingLife(shopper, trade, random);
  life.live();
  return life.arrivals.filter(({ arrivesAt }) => arrivesAt < trade.endAt);
}

class ShoppingLife {
  readonly #random: SeededRandom;
  readonly #feed: CustomerFeed;
  readonly #shopper: Shopper;
  readonly #trade: Trade;
  readonly #habit: Habit;
  readonly #medianMinor: number;
  #orders = 0;

  constructor(shopper: Shopper, trade: Trade, random: SeededRandom) {
    this.#shopper = shopper;
    this.#trade = trade;
    this.#random = random;
    this.#feed = new CustomerFeed({ ...shopper, startAt: trade.startAt, random });
    this.#habit = habitOf(trade, random);
    this.#medianMinor = random.logNormal(this.#habit.medianMinor, 0.45);
  }

  get arrivals(): readonly Arrival[] {
    return this.#feed.arrivals;
  }

  live(): void {
    const { introduced } = this.#trade;
    for (const day of orderDays(this.#random, this.#habit.rhythm)) {
      if (this.#orders === 0 && this.#random.chance(introduced)) this.#introduce(day);
      this.#order(this.#festivalOr(Math.floor(day)));
    }
  }

  #festivalOr(day: number): number {
    const festival = this.#trade.festivalDays?.find((candidate) => candidate >= day);
    if (festival === undefined || festival - day > FESTIVAL_AHEAD_DAYS) return day;
    return this.#random.chance(0.5) ? festival : day;
  }

  #order(day: number): void {
    const random = this.#random;
    const feed = this.#feed;
    const { engagementsMax, engagementKinds, secondPart, refund, cancellation } = this.#trade;
    this.#orders++;
    const orderId = `${this.#shopper.number}-${String(this.#orders).padStart(2, '0')}`;
    const at = this.#inOpeningHours(day);
    for (let visits = random.integer(0, engagementsMax); visits > 0; visits--) {
      feed.send(at - random.between(0.01, 8) * DAY_MS, (base) => ({
        ...base,
        type: 'engagement',
        source: 'app',
        kind: random.pick(engagementKinds),
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
    if (random.chance(secondPart)) {
      const later = at + random.between(0.2, 4) * DAY_MS;
      this.#purchase(orderId, later, { minor: Math.round(minor * 0.4), arrivesAt: null });
    }
    if (isRefundFirst || random.chance(refund)) this.#refund(orderId, refundedAt, minor);
    else if (random.chance(cancellation)) feed.cancelOrder({ source: 'shop', orderId }, at);
    this.#speak(at);
  }

  #purchase(
    orderId: string,
    at: Instant,
    { minor, arrivesAt }: { readonly minor: number; readonly arrivesAt: Instant | null },
  ): void {
    const random = this.#random;
    const { channels, categories } = this.#trade;
    const purchase = (base: EventBase): CustomerEvent => ({
      ...base,
      type: 'purchase',
      source: 'shop',
      channel: random.pick(channels),
      orderSource: 'shop',
      orderId,
      amount: { minor, currency: 'CNY' },
      category: random.pick(categories),
    });
    this.#feed.send(at, purchase, arrivesAt);
  }

  /** Three of four refunds are whole; a few name no order, as a gesture of goodwill does not. */
  #refund(orderId: string, at: Instant, orderMinor: number): void {
    const random = this.#random;
    const minor = random.chance(0.75) ? orderMinor : Math.round(orderMinor * 0.3);
    const order = random.chance(0.1) ? {} : { orderSource: 'shop', orderId };
    this.#feed.send(
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

  /** What the customer says after an order: to the business, and to others. */
  #speak(at: Instant): void {
    const random = this.#random;
    const { complaint, severities, feedback, lowestOpinion, referral } = this.#trade;
    if (random.chance(complaint)) {
      const ticketId = `t-${this.#shopper.number}-${this.#orders}`;
      this.#feed.complain({ ticketId, severities }, at + random.between(0.5, 6) * DAY_MS);
    }
    if (random.chance(feedback)) {
      this.#feed.opine(at + random.between(1, 10) * DAY_MS, lowestOpinion);
    }
    if (referral === undefined || !random.chance(referral)) return;
    const referredCustomerId = random.pick(this.#shopper.others);
    this.#feed.send(at, (base) => ({
      ...base,
      type: 'referral',
      source: 'app',
      referredCustomerId,
    }));
  }

  #introduce(day: number): void {
    const entries = Object.entries(this.#trade.attributes);
    const attributes = Object.fromEntries(
      entries.map(([name, values]) => [name, this.#random.pick(values)]),
    );
    this.#feed.send(this.#trade.startAt + day * DAY_MS, (base) => ({
      ...base,
      type: 'profile',
      source: 'crm',
      attributes,
    }));
  }

  #inOpeningHours(day: number): Instant {
    return this.#trade.startAt + day * DAY_MS + this.#random.between(9, 21.5) * 3_600_000;
  }
}

function habitOf({ habits }: Trade, random: SeededRandom): Habit {
  const [first, ...others] = habits;
  if (others.length === 0) return first;
  let left = random.uniform();
  for (const habit of habits) {
    left -= habit.share;
    if (left < 0) return habit;
  }
  return first;
}
