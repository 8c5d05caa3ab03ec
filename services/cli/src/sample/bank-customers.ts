import { DAY_MS, type Severity } from '@strata/domain';
import {
  inOfficeHours,
  type Sale,
  sendPartBack,
  sendProfile,
  sendSale,
  sendStage,
} from './account-life.ts';
import { type Arrival, CustomerFeed } from './customer-feed.ts';
import { inventNames } from './invented-names.ts';
import { SAMPLE_DAYS, SAMPLE_END, SAMPLE_START } from './sample-calendar.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Customers of a bank: what each product of theirs contributes is booked every quarter; some have only asked. */
const CUSTOMERS = 240;
const PRODUCTS = ['deposit', 'card', 'mortgage', 'wealth', 'insurance'] as const;
const STAGES = ['enquiry', 'application', 'approved'] as const;
const SEVERITIES: readonly Severity[] = ['low', 'low', 'medium', 'high', 'critical'];
const QUARTER_DAYS = 91.25;
const QUARTERS = Math.floor(SAMPLE_DAYS / QUARTER_DAYS);

export function bankArrivals(random: SeededRandom): readonly Arrival[] {
  const names = inventNames(random, CUSTOMERS, '');
  return names.flatMap((customerId, index) => {
    const number = `b${String(index + 1).padStart(3, '0')}`;
    const others = names.filter((name) => name !== customerId);
    const holder = new AccountHolder({ customerId, number, others }, random);
    holder.live();
    return holder.arrivals.filter(({ arrivesAt }) => arrivesAt < SAMPLE_END);
  });
}

interface Holder {
  readonly customerId: string;
  readonly number: string;
  /** Whom this customer may recommend the bank to. */
  readonly others: readonly string[];
}

class AccountHolder {
  readonly #random: SeededRandom;
  readonly #feed: CustomerFeed;
  readonly #holder: Holder;
  readonly #isCorporate: boolean;
  readonly #quarterMinor: number;
  #bookings = 0;

  constructor(holder: Holder, random: SeededRandom) {
    this.#random = random;
    this.#holder = holder;
    this.#feed = new CustomerFeed({ ...holder, startAt: SAMPLE_START, random });
    this.#isCorporate = random.chance(0.15);
    // What one product brings in a quarter: margin and fees, not what lies on the account.
    this.#quarterMinor = random.logNormal(this.#isCorporate ? 260_000 : 24_000, 0.8);
  }

  get arrivals(): readonly Arrival[] {
    return this.#feed.arrivals;
  }

  live(): void {
    const random = this.#random;
    const isOld = random.chance(0.6);
    const firstDay = isOld ? random.between(0, 60) : random.between(10, SAMPLE_DAYS - 40);
    this.#introduce(firstDay);
    const openedDay = isOld ? firstDay : this.#apply(firstDay);
    if (openedDay !== null) this.#bank(openedDay);
  }

  #introduce(day: number): void {
    const random = this.#random;
    sendProfile(this.#feed, inOfficeHours(SAMPLE_START, day, random), {
      segment: this.#isCorporate ? 'corporate' : 'personal',
      region: random.pick(['east', 'south', 'north', 'west']),
      shareOfWallet: Math.round(random.beta(2, 2.5) * 100) / 100,
    });
  }

  /** From an enquiry to an account, or to nothing; the day of opening. */
  #apply(firstDay: number): number | null {
    const random = this.#random;
    let day = firstDay;
    for (const stage of STAGES) {
      const at = inOfficeHours(SAMPLE_START, day, random);
      sendStage(this.#feed, at, { stage, minor: Math.round(this.#quarterMinor * 4) });
      for (let logins = random.integer(0, 3); logins > 0; logins--) this.#logIn(day);
      day += random.between(4, 30);
      if (random.chance(0.25)) return null;
    }
    return day;
  }

  #bank(openedDay: number): void {
    const random = this.#random;
    const held = PRODUCTS.filter((_, index) => index === 0 || random.chance(0.34));
    const leavesIn = random.chance(0.2) ? random.integer(1, QUARTERS) : QUARTERS;
    for (let quarter = 1; quarter <= leavesIn; quarter++) {
      const day = openedDay + quarter * QUARTER_DAYS - 80;
      if (day >= SAMPLE_DAYS) return;
      for (const product of held) {
        // A product beside the account is taken up some time later.
        if (product === 'deposit' || quarter > held.indexOf(product)) this.#book(day, product);
      }
      for (let logins = random.integer(0, 2); logins > 0; logins--) this.#logIn(day);
      this.#speak(day);
    }
  }

  #book(day: number, product: string): void {
    const random = this.#random;
    this.#bookings++;
    const sale: Sale = {
      orderId: `${this.#holder.number}-${product}-${String(this.#bookings).padStart(2, '0')}`,
      minor: Math.round(random.logNormal(this.#quarterMinor, 0.3)),
      category: product,
      channel: random.pick(['app', 'app', 'branch', 'phone']),
      source: 'core',
    };
    const at = inOfficeHours(SAMPLE_START, day, random);
    sendSale(this.#feed, at, sale);
    if (!random.chance(0.02)) return;
    const reversedAt = at + random.between(3, 30) * DAY_MS;
    sendPartBack(this.#feed, reversedAt, { ...sale, minor: Math.round(sale.minor * 0.3) });
  }

  #speak(day: number): void {
    const random = this.#random;
    const { number, others } = this.#holder;
    const at = inOfficeHours(SAMPLE_START, day, random);
    if (random.chance(0.05)) {
      const ticketId = `t-${number}-${this.#bookings}`;
      this.#feed.complain({ ticketId, severities: SEVERITIES }, at);
    }
    if (random.chance(0.15)) this.#feed.opine(at + DAY_MS, 4);
    if (!random.chance(0.03)) return;
    const referredCustomerId = random.pick(others);
    this.#feed.send(at, (base) => ({
      ...base,
      type: 'referral',
      source: 'app',
      referredCustomerId,
    }));
  }

  #logIn(day: number): void {
    const at = inOfficeHours(SAMPLE_START, day + this.#random.between(0, 60), this.#random);
    this.#feed.send(at, (base) => ({
      ...base,
      type: 'engagement',
      source: 'app',
      kind: 'log-in',
      weight: 1,
    }));
  }
}
