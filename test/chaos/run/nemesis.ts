import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '@strata/cli';
import { FAULTS, type Fault, type Victims } from './faults.ts';

const PAUSE_MS = { least: 200, most: 2_000 };
const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/** Does one fault after the other, each of them once before any comes again, in an order of the seed. */
export class Nemesis {
  readonly done = new Map<string, number>(FAULTS.map(({ name }) => [name, 0]));
  last = '';
  readonly #victims: Victims;
  readonly #random: SeededRandom;
  #deck: Fault[] = [];

  constructor(victims: Victims) {
    this.#victims = victims;
    this.#random = victims.random;
  }

  get count(): number {
    return [...this.done.values()].reduce((sum, times) => sum + times, 0);
  }

  /** Until the time is up; what is under way then is brought to its end. */
  async rage(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const fault = this.#next();
      this.last = fault.name;
      await fault.run(this.#victims);
      this.done.set(fault.name, (this.done.get(fault.name) ?? 0) + 1);
      await this.#untilWorkGoesOn();
      await delay(this.#random.between(PAUSE_MS.least, PAUSE_MS.most));
    }
  }

  #next(): Fault {
    if (this.#deck.length === 0) {
      const keyed = FAULTS.map((fault) => ({ fault, at: this.#random.uniform() }));
      this.#deck = keyed.toSorted((a, b) => a.at - b.at).map(({ fault }) => fault);
    }
    return this.#deck.pop() as Fault;
  }

  /** A fault that meets a stack at rest proves little. Where nothing moves for long, the next one comes all the same. */
  async #untilWorkGoesOn(): Promise<void> {
    const { stack } = this.#victims;
    const deadlineMs = performance.now() + PATIENCE_MS;
    const before = (await stack.nexts()).join();
    while (performance.now() < deadlineMs && (await stack.nexts()).join() === before) {
      await delay(POLL_MS);
    }
  }
}
