import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  fileFormat,
  loadEvents,
  publishEvents,
  type SeededRandom,
  type StackHandle,
} from '@strata/cli';
import type { CustomerEvent, Instant } from '@strata/domain';
import { Shoppers } from '../stack/shoppers.ts';
import { insist } from '../stack/until.ts';

const CDNOW = fileURLToPath(
  new URL('../../../../shared/data/cdnow/CDNOW_master.txt.gz', import.meta.url),
);
/** Of the file, and so of everything. */
export const CURRENCY = 'USD';
const PORTION = 500;
const PURCHASES_A_DAY = 150;
const CUSTOMERS = 2_000;

/** The purchases of CDNOW where the file lies beside the checkout, and after them invented people, day after day. */
export class Load {
  readonly shoppers: Shoppers;
  readonly cdnowCount: number;
  #left: readonly CustomerEvent[];
  #clock: Instant = 0;

  private constructor(events: readonly CustomerEvent[], random: SeededRandom) {
    this.#left = events;
    this.cdnowCount = events.length;
    this.shoppers = new Shoppers(random, { customers: CUSTOMERS, currency: CURRENCY });
  }

  static async open(random: SeededRandom): Promise<Load> {
    if (!existsSync(CDNOW)) return new Load([], random);
    const { events } = await loadEvents({
      path: CDNOW,
      format: fileFormat('cdnow', 'en'),
      timeZone: 'UTC',
      language: 'en',
      stdin: process.stdin,
      signal: new AbortController().signal,
      onBytes: () => {},
      onRecord: () => {},
    });
    return new Load(events, random);
  }

  /** The instant up to which everything has happened. */
  get clock(): Instant {
    return Math.max(this.#clock, this.#left.length === 0 ? this.shoppers.clock : 0);
  }

  async another(stack: StackHandle): Promise<readonly string[]> {
    if (this.#left.length === 0) return this.shoppers.anotherDay(stack, PURCHASES_A_DAY);
    const events = this.#left.slice(0, PORTION);
    this.#clock = events.at(-1)?.occurredAt ?? this.#clock;
    const { signal } = new AbortController();
    const options = { events, endMark: this.#clock, onSent: () => {}, signal };
    await insist('to publish purchases of CDNOW', () => publishEvents(stack, options));
    this.#left = this.#left.slice(PORTION);
    return events.map(({ eventId }) => eventId);
  }

  /** So long without anybody that everybody has fallen as far as one can fall. */
  async everybodyLeaves(stack: StackHandle): Promise<void> {
    this.#left = [];
    await this.shoppers.everybodyLeaves(stack);
  }
}
