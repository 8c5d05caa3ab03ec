import { publishEvents, type SeededRandom, type StackHandle } from '@strata/cli';
import type { CustomerEvent, PolicySet } from '@strata/domain';
import { aPurchase, aReferral, aRefund, day } from '@strata/domain/builders';
import { shoppersPolicy } from './shoppers-policy.ts';
import { insist } from './until.ts';

export const SHOPPERS_POLICY: PolicySet = shoppersPolicy('CNY');

const REFUND_CHANCE = 0.1;
const REFERRAL_CHANCE = 0.5;
/** One in so many refers others; the rest never have to wait for what another partition tells. */
const REFERRERS_ONE_IN = 5;

/** Invented people of one seed who buy day after day; the clock of the stack moves with them. */
export class Shoppers {
  readonly #random: SeededRandom;
  readonly #customers: number;
  readonly #currency: string;
  #day = 0;

  constructor(
    random: SeededRandom,
    { customers = 300, currency = 'CNY' }: { customers?: number; currency?: string } = {},
  ) {
    this.#currency = currency;
    this.#random = random;
    this.#customers = customers;
  }

  /** The instant up to which everything has happened. */
  get clock(): number {
    return day(this.#day);
  }

  /**
   * Another day's events, into the intake, with a mark behind them. Answers their ids, once acknowledged; where it
   * took several tries, some of them lie there twice.
   */
  async anotherDay(stack: StackHandle, purchases: number): Promise<readonly string[]> {
    const events = Array.from({ length: purchases }, () => this.#events()).flat();
    this.#day += 1;
    const { signal } = new AbortController();
    const options = { events, endMark: this.clock, onSent: () => {}, signal };
    await insist('to publish a day', () => publishEvents(stack, options));
    return events.map(({ eventId }) => eventId);
  }

  /** So long without anybody that everybody has fallen as far as one can fall. */
  async everybodyLeaves(stack: StackHandle): Promise<void> {
    this.#day += 100;
    await this.anotherDay(stack, 0);
  }

  #events(): readonly CustomerEvent[] {
    const at = this.clock;
    const customerId = this.#somebody();
    const amount = { minor: 100, currency: this.#currency };
    const purchase = aPurchase(at, { customerId, amount });
    const events: CustomerEvent[] = [purchase];
    if (this.#random.chance(REFUND_CHANCE)) events.push(aRefund(purchase));
    if (isReferrer(customerId) && this.#random.chance(REFERRAL_CHANCE)) {
      const referredCustomerId = this.#somebody();
      if (referredCustomerId !== customerId) {
        events.push(aReferral(at, { customerId, referredCustomerId }));
      }
    }
    return events;
  }

  #somebody(): string {
    const number = this.#random.integer(1, this.#customers);
    return `${number % REFERRERS_ONE_IN === 0 ? 'referrer' : 'customer'} ${number}`;
  }
}

/**
 * A conversion takes a turn through the log and is dated by the clock that it finds there, so a promotion by it may
 * come later on a stack than in a backtest (decision 0019). Of everybody else the two say the same.
 */
export function isReferrer(customerId: string): boolean {
  return customerId.startsWith('referrer ');
}
