import { setTimeout as delay } from 'node:timers/promises';
import type { Audit } from '../audit/audit.ts';
import type { ChaosStack } from './chaos-stack.ts';
import type { Shoppers } from './shoppers.ts';

const PURCHASES_A_DAY = 60;
const POLL_MS = 20;

/** Keeps the scorers busy: always something to do, never so much that nobody gets to the end of it. */
export class Feeder {
  readonly #stack: ChaosStack;
  readonly #audit: Audit;
  readonly #shoppers: Shoppers;
  readonly #lagMax: number;
  #isEnding = false;
  #run: Promise<void> = Promise.resolve();

  constructor(parts: { stack: ChaosStack; audit: Audit; shoppers: Shoppers; lagMax: number }) {
    this.#stack = parts.stack;
    this.#audit = parts.audit;
    this.#shoppers = parts.shoppers;
    this.#lagMax = parts.lagMax;
  }

  start(): void {
    this.#run = this.#feed();
    // Whoever stops the feeder hears of its failure.
    this.#run.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#run;
  }

  async #feed(): Promise<void> {
    while (!this.#isEnding) {
      if ((await this.#stack.lag()) < this.#lagMax) {
        this.#audit.sent(await this.#shoppers.anotherDay(this.#stack.handle, PURCHASES_A_DAY));
      } else await delay(POLL_MS);
    }
  }
}
