import { readLetters, sendBack, waysBack } from '@strata/cli';
import { identity, TOPICS } from '@strata/contracts';
import { unkeyedMarker } from '@strata/domain';
import { StrataError } from '@strata/pipeline';
import { serdes } from './serdes.ts';
import type { Stack } from './services.ts';
import { logReaderOf, SimLogWriter } from './sim-log.ts';
import { SimProcess, type Surroundings } from './sim-process.ts';

const SERDES = {
  intake: serdes(TOPICS.events),
  customerLog: serdes(TOPICS.customerLog),
  policies: serdes(TOPICS.policies),
  tierChanges: serdes(TOPICS.tierChanges),
  tiers: serdes(TOPICS.tiers),
  deadLetters: serdes(TOPICS.deadLetters),
  subscriptions: serdes(TOPICS.subscriptions),
  of: serdes,
  // Nobody writes by another schema here.
  prepare: async () => {},
};

/**
 * Somebody who redrives dead letters, impatiently: now and then all of them, mended or not, twice at a time, and with
 * a machine that dies in the middle of it.
 */
export class Operator {
  readonly #world: Surroundings;
  readonly #stack: Stack;
  #rounds = 0;

  constructor(world: Surroundings, stack: Stack) {
    this.#world = world;
    this.#stack = stack;
  }

  begin(overMs: number): void {
    const { random, scheduler } = this.#world;
    for (let rounds = random.below(3); rounds > 0; rounds -= 1) {
      scheduler.plan(random.below(overMs), 'somebody redrives', () => {
        const process = this.#start();
        void this.#redrive(process, random.chance(0.3));
        if (random.chance(0.4)) {
          scheduler.plan(random.below(400), `${process.name} dies`, () => process.kill());
        }
      });
    }
  }

  /** All of them, quarantined or not, to the end. */
  async redriveAll(): Promise<void> {
    await this.#redrive(this.#start(), true);
  }

  #start(): SimProcess {
    this.#rounds += 1;
    return new SimProcess(`operator.${this.#rounds}`, this.#world, () => {});
  }

  async #redrive(process: SimProcess, takesQuarantined: boolean): Promise<void> {
    const { log, watch, partitions } = this.#stack;
    const reader = logReaderOf(process, log);
    const writer = new SimLogWriter(process, watch.append);
    const ports = {
      reader,
      writer,
      serdes: SERDES,
      unseal,
      markerOf: unkeyedMarker,
      identity: identity(),
      partitions,
    };
    try {
      const letters = await readLetters(ports, { keepsOriginals: true });
      const ways = await waysBack(ports, letters, {
        takesQuarantined,
        erasures: new Map(),
        readRow: async () => ({ kind: 'alone' }),
      });
      const sent = ways.filter((way) => way.kind === 'sent');
      await sendBack(ports, sent, { signal: NEVER, onSent: (count) => this.#count(count) });
    } catch (error) {
      // The command ends, and says so; whoever called it calls it again.
      if (!(error instanceof StrataError)) throw error;
    }
  }

  #count(letters: number): void {
    for (let left = letters; left > 0; left -= 1) this.#world.tally.add('redriven');
  }
}

const NEVER = new AbortController().signal;
const unseal = (sealed: Uint8Array): Uint8Array => sealed;
