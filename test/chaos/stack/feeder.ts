import { setTimeout as delay } from 'node:timers/promises';
import type { Audit } from '../audit/audit.ts';
import type { ChaosStack } from './chaos-stack.ts';

const POLL_MS = 20;

/** Keeps the scorers busy: always something to do, never so much that nobody gets to the end of it. */
export class Feeder {
  readonly #stack: ChaosStack;
  readonly #audit: Audit;
  readonly #feed: () => Promise<readonly string[]>;
  readonly #lagMax: number;
  #isEnding = false;
  #run: Promise<void> = Promise.resolve();

  constructor(parts: {
    stack: ChaosStack;
    audit: Audit;
    /** Publishes some more and answers the ids, once acknowledged. */
    feed: () => Promise<readonly string[]>;
    lagMax: number;
  }) {
    this.#stack = parts.stack;
    this.#audit = parts.audit;
    this.#feed = parts.feed;
    this.#lagMax = parts.lagMax;
  }

  start(): void {
    this.#run = this.#feedOn();
    // Whoever stops the feeder hears of its failure.
    this.#run.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#run;
  }

  async #feedOn(): Promise<void> {
    while (!this.#isEnding) {
      if ((await this.#stack.lag()) < this.#lagMax) {
        this.#audit.sent(await this.#feed());
      } else await delay(POLL_MS);
    }
  }
}
