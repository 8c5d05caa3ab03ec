import { setTimeout as delay } from 'node:timers/promises';
import { eventToIntakeWire, identifiedEvent, TOPICS } from '@strata/contracts';
import { type CustomerEvent, DAY_MS } from '@strata/domain';
import { aPurchase } from '@strata/domain/builders';
import { KafkaLogWriter } from '@strata/kafka';
import { partitionFor } from '@strata/pipeline';
import type { ChaosStack } from '../stack/chaos-stack.ts';

const PAUSE_MS = 250;
const EVENTS_EACH = 5;
/** So many customers buy in turn until each has bought so often; then others come. Every purchase but one moves a tier. */
const AT_ONCE = 200;
const PURCHASES_EACH = 4;
/** One in so many rounds somebody comes whose purchases leave the window of 30 days soon, so that time demotes. */
const LEAVER_ONE_IN = 4;
const WINDOW_DAYS = 30;
const LEAVES_AFTER_MS = 90_000;
const encoder = new TextEncoder();

/** A light load in wall time, about twenty events a second. What a fault refuses is tried no second time. */
export class SteadyLoad {
  sent = 0;
  /** Sends that a fault refused. */
  refused = 0;
  /** Nothing is sent, for a fault that only silent partitions show. */
  isPaused = false;
  readonly #stack: ChaosStack;
  readonly #writer: KafkaLogWriter;
  #number = 0;
  #round = 0;
  #isEnding = false;
  #run: Promise<void> = Promise.resolve();

  constructor(stack: ChaosStack) {
    this.#stack = stack;
    const { brokers } = stack.backends;
    this.#writer = new KafkaLogWriter({ clientId: 'game-day', brokers });
  }

  start(): void {
    this.#run = this.#goOn();
  }

  async close(): Promise<void> {
    this.#isEnding = true;
    await this.#run;
    await this.#writer.close();
  }

  async #goOn(): Promise<void> {
    while (!this.#isEnding) {
      if (this.isPaused) {
        await delay(PAUSE_MS);
        continue;
      }
      const events = Array.from({ length: EVENTS_EACH }, () => this.#purchase());
      this.#round += 1;
      if (this.#round % LEAVER_ONE_IN === 0) events.push(...this.#leaver());
      try {
        await this.#send(events);
        this.sent += events.length;
      } catch {
        this.refused += 1;
      }
      await delay(PAUSE_MS);
    }
  }

  #purchase(): CustomerEvent {
    const block = Math.floor(this.#number / (AT_ONCE * PURCHASES_EACH));
    const customer = block * AT_ONCE + (this.#number % AT_ONCE);
    this.#number += 1;
    return aPurchase(Date.now(), { customerId: `customer ${customer}` });
  }

  #leaver(): readonly CustomerEvent[] {
    const at = Date.now() - WINDOW_DAYS * DAY_MS + LEAVES_AFTER_MS;
    const customerId = `leaver ${this.#round}`;
    return [aPurchase(at, { customerId }), aPurchase(at, { customerId })];
  }

  async #send(events: readonly CustomerEvent[]): Promise<void> {
    const { identity, partitions, serdes } = this.#stack.handle;
    await this.#writer.send(
      events.map((given) => {
        const event = identifiedEvent(given, identity);
        const key = encoder.encode(event.customerId);
        const value = serdes.intake.encode(eventToIntakeWire(event));
        const partition = partitionFor(key, partitions);
        return { topic: TOPICS.events, partition, key, value, headers: {} };
      }),
    );
  }
}
