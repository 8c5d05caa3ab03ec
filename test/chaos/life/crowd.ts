import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '@strata/cli';
import { eventToIntakeWire, identifiedEvent, TOPICS } from '@strata/contracts';
import { type CustomerEvent, DAY_MS } from '@strata/domain';
import { aPurchase } from '@strata/domain/builders';
import { KafkaLogWriter } from '@strata/kafka';
import { partitionFor } from '@strata/pipeline';
import type { Audit } from '../audit/audit.ts';
import type { ChaosStack } from '../stack/chaos-stack.ts';
import { insist } from '../stack/until.ts';

const SEND_RECORDS = 2_000;
const PACE_MS = 20;
const DAYS = 300;
/** One in five buys more than once. */
const REGULARS_ONE_IN = 5;
const ORDERS_MAX = 5;
const encoder = new TextEncoder();

/** Named so where each is seen for the first time: every one of them is told of. */
const NEWCOMER = 'newcomer ';
export const isNewcomer = (customerId: string): boolean => customerId.startsWith(NEWCOMER);

/** Generated customers in wall time: all of them come at once, and then purchases go on at an even pace. */
export class Crowd {
  newcomers = 0;
  readonly #stack: ChaosStack;
  /** Commands publish by the one of the stack meanwhile. */
  readonly #writer: KafkaLogWriter;
  readonly #audit: Audit;
  readonly #random: SeededRandom;
  readonly #customers: number;
  #isEnding = false;
  #run: Promise<void> = Promise.resolve();

  constructor(parts: {
    stack: ChaosStack;
    audit: Audit;
    random: SeededRandom;
    customers: number;
  }) {
    this.#stack = parts.stack;
    const { brokers } = parts.stack.backends;
    this.#writer = new KafkaLogWriter({ clientId: 'crowd', brokers });
    this.#audit = parts.audit;
    this.#random = parts.random;
    this.#customers = parts.customers;
  }

  /** Everybody buys once, some more often, within the last months. */
  async arrive(): Promise<void> {
    let events: CustomerEvent[] = [];
    for (let number = 1; number <= this.#customers; number += 1) {
      const isRegular = number % REGULARS_ONE_IN === 0;
      const orders = isRegular ? this.#random.integer(2, ORDERS_MAX) : 1;
      for (let order = 0; order < orders; order += 1) events.push(this.#purchase(nameOf(number)));
      if (events.length < SEND_RECORDS) continue;
      await this.#send(events);
      events = [];
    }
    await this.#send(events);
  }

  /** From now on so many purchases a second, every second one by somebody new. */
  start(perSecond: number): void {
    this.#isEnding = false;
    this.#run = this.#goOn(perSecond);
    // Whoever stops it hears of its failure.
    this.#run.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#run;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#writer.close();
  }

  async #goOn(perSecond: number): Promise<void> {
    const startedMs = performance.now();
    for (let sent = 0; !this.#isEnding; ) {
      const wanted = Math.floor(((performance.now() - startedMs) * perSecond) / 1_000);
      const count = Math.min(wanted - sent, SEND_RECORDS);
      if (count > 0) await this.#send(Array.from({ length: count }, () => this.#another()));
      sent += Math.max(0, count);
      await delay(PACE_MS);
    }
  }

  #another(): CustomerEvent {
    if (this.#random.chance(0.5)) {
      return this.#purchase(nameOf(this.#random.integer(1, this.#customers)), 0);
    }
    this.newcomers += 1;
    return this.#purchase(`${NEWCOMER}${this.newcomers}`, 0);
  }

  #purchase(customerId: string, daysAgo = this.#random.integer(0, DAYS)): CustomerEvent {
    const minor = Math.round(1_000 * (1 - this.#random.uniform()) ** -0.6);
    const amount = { minor, currency: 'CNY' };
    return aPurchase(Date.now() - daysAgo * DAY_MS, { customerId, amount });
  }

  async #send(events: readonly CustomerEvent[]): Promise<void> {
    const { identity, partitions, serdes } = this.#stack.handle;
    const records = events.map((given) => {
      const event = identifiedEvent(given, identity);
      const key = encoder.encode(event.customerId);
      const value = serdes.intake.encode(eventToIntakeWire(event));
      const partition = partitionFor(key, partitions);
      return { topic: TOPICS.events, partition, key, value, headers: {} };
    });
    if (records.length > 0) await insist('to publish purchases', () => this.#writer.send(records));
    this.#audit.sent(events.map(({ eventId }) => eventId));
  }
}

function nameOf(number: number): string {
  return `customer ${number}`;
}
