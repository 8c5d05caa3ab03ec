import { DAY_MS, type Severity } from '@strata/domain';
import {
  inOfficeHours,
  type Sale,
  sendContact,
  sendPartBack,
  sendProfile,
  sendSale,
  sendStage,
} from './account-life.ts';
import { orderDays } from './buying-rhythm.ts';
import { type Arrival, CustomerFeed } from './customer-feed.ts';
import { inventCompanies } from './invented-companies.ts';
import { SAMPLE_DAYS, SAMPLE_END, SAMPLE_START } from './sample-calendar.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Companies that a sales team sells parts to: a fifth of them brings most of the money, and some are still being won. */
const COMPANIES = 220;
const STAGES = ['lead', 'qualified', 'quoted', 'negotiation'] as const;
const PURPOSES = ['needs', 'quotation', 'renewal', 'complaint', 'training'] as const;
const CATEGORIES = ['bearings', 'valves', 'castings', 'spare-parts', 'service'] as const;
const SEVERITIES: readonly Severity[] = ['low', 'low', 'medium', 'medium', 'high', 'critical'];
const OWNERS = 8;
/** Half of what the largest company buys in a year would be far too much for the next: sizes differ by orders of magnitude. */
const SIZE_MEDIAN_MINOR = 900_000;
const SIZE_SPREAD = 1.15;

export function salesTeamArrivals(random: SeededRandom): readonly Arrival[] {
  return inventCompanies(random, COMPANIES).flatMap((customerId, index) => {
    const number = `k${String(index + 1).padStart(3, '0')}`;
    const account = new Account({ customerId, number }, random);
    account.live();
    return account.arrivals.filter(({ arrivesAt }) => arrivesAt < SAMPLE_END);
  });
}

class Account {
  readonly #random: SeededRandom;
  readonly #feed: CustomerFeed;
  readonly #number: string;
  readonly #ownerId: string;
  readonly #orderMinor: number;
  #orders = 0;

  constructor(
    { customerId, number }: { readonly customerId: string; readonly number: string },
    random: SeededRandom,
  ) {
    this.#random = random;
    this.#number = number;
    this.#feed = new CustomerFeed({ customerId, number, startAt: SAMPLE_START, random });
    this.#ownerId = `s${random.integer(1, OWNERS)}`;
    this.#orderMinor = random.logNormal(SIZE_MEDIAN_MINOR, SIZE_SPREAD);
  }

  get arrivals(): readonly Arrival[] {
    return this.#feed.arrivals;
  }

  /** Two of three companies buy from the start; the others have to be won first. */
  live(): void {
    const random = this.#random;
    const isOld = random.chance(0.62);
    const firstDay = isOld ? random.between(0, 30) : random.between(5, SAMPLE_DAYS - 10);
    this.#introduce(firstDay);
    const wonDay = isOld ? firstDay : this.#pursue(firstDay);
    if (wonDay !== null) this.#buy(wonDay);
  }

  #introduce(day: number): void {
    const random = this.#random;
    const isLarge = this.#orderMinor > 2 * SIZE_MEDIAN_MINOR;
    const at = inOfficeHours(SAMPLE_START, day, random);
    sendProfile(this.#feed, at, {
      segment: isLarge ? 'enterprise' : 'small-business',
      industry: random.pick(['steel', 'chemicals', 'machinery', 'food', 'paper']),
      region: random.pick(['east', 'south', 'north', 'west']),
      roles: random.pick([['buyer'], ['buyer', 'supplier']]),
      shareOfWallet: Math.round(random.beta(2, 3) * 100) / 100,
    });
  }

  /** From the first contact to an order, or to nothing; the day of winning. */
  #pursue(firstDay: number): number | null {
    const random = this.#random;
    const amount = { minor: Math.round(this.#orderMinor) };
    let day = firstDay;
    for (const stage of STAGES) {
      const at = inOfficeHours(SAMPLE_START, day, random);
      sendStage(this.#feed, at, { stage, ...amount });
      this.#contact(day + random.between(0, 3), stage === 'lead' ? 'needs' : 'quotation');
      for (let looks = random.integer(0, 3); looks > 0; looks--) this.#look(day);
      day += random.between(7, 35);
      if (random.chance(0.16)) {
        const lostAt = inOfficeHours(SAMPLE_START, day, random);
        sendStage(this.#feed, lostAt, { stage: 'lost', ...amount });
        return null;
      }
    }
    sendStage(this.#feed, inOfficeHours(SAMPLE_START, day, random), { stage: 'won', ...amount });
    return day + 1;
  }

  #buy(firstDay: number): void {
    const random = this.#random;
    const rhythm = { rateShape: 2, meanDaysBetweenOrders: 38, dropoutA: 0.6, dropoutB: 16 };
    const days = { joinDays: 0, endDay: SAMPLE_DAYS - 1 - firstDay };
    for (const day of orderDays(random, { ...rhythm, ...days })) {
      this.#order(firstDay + day);
      if (random.chance(0.35)) {
        this.#contact(firstDay + day + random.between(3, 20), random.pick(PURPOSES));
      }
    }
    for (let day = firstDay + 200; day < SAMPLE_DAYS; day += 365) {
      if (random.chance(0.5)) this.#feed.opine(inOfficeHours(SAMPLE_START, day, random), 4);
    }
  }

  #order(day: number): void {
    const random = this.#random;
    this.#orders++;
    const sale: Sale = {
      orderId: `${this.#number}-${String(this.#orders).padStart(2, '0')}`,
      minor: Math.round(random.logNormal(this.#orderMinor, 0.4)),
      category: random.pick(CATEGORIES),
      channel: random.pick(['sales', 'sales', 'phone', 'online']),
      source: 'erp',
    };
    const at = inOfficeHours(SAMPLE_START, day, random);
    sendSale(this.#feed, at, sale);
    if (random.chance(0.05)) {
      const returnedAt = at + random.between(5, 40) * DAY_MS;
      const minor = Math.round(sale.minor * random.between(0.1, 0.6));
      sendPartBack(this.#feed, returnedAt, { ...sale, minor });
    } else if (random.chance(0.02)) {
      this.#feed.cancelOrder({ source: 'erp', orderId: sale.orderId }, at);
    }
    if (random.chance(0.05)) {
      const ticketId = `t-${sale.orderId}`;
      const complainedAt = at + random.between(2, 30) * DAY_MS;
      this.#feed.complain({ ticketId, severities: SEVERITIES }, complainedAt);
    }
  }

  #contact(day: number, purpose: string): void {
    const random = this.#random;
    const kind = random.pick(['visit', 'call', 'call', 'meeting', 'message']);
    const contact = { kind, ownerId: this.#ownerId, purpose };
    sendContact(this.#feed, inOfficeHours(SAMPLE_START, day, random), contact);
  }

  #look(day: number): void {
    const random = this.#random;
    const at = inOfficeHours(SAMPLE_START, day + random.between(0, 6), random);
    const kind = random.pick(['website', 'webinar', 'catalogue']);
    this.#feed.send(at, (base) => ({
      ...base,
      type: 'engagement',
      source: 'web',
      kind,
      weight: kind === 'webinar' ? 3 : 1,
    }));
  }
}
