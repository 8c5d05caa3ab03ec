import type { WorldFault } from './chaos.ts';
import type { Fleet, Slot } from './fleet.ts';
import type { Stack } from './services.ts';
import type { Surroundings } from './sim-process.ts';

const HOUR_MS = 3_600_000;

/** Does to the world, from time to time, what the seed's chaos asks for. */
export class Nemesis {
  readonly #world: Surroundings;
  readonly #stack: Stack;
  readonly #fleet: Fleet;
  readonly #everyMs: number;

  constructor(world: Surroundings, stack: Stack, fleet: Fleet) {
    this.#world = world;
    this.#stack = stack;
    this.#fleet = fleet;
    this.#everyMs = world.random.pick([100, 400, 1_500]);
  }

  begin(): void {
    const { random, scheduler, chaos, tally } = this.#world;
    scheduler.plan(random.below(2 * this.#everyMs), 'nemesis', () => {
      const fault = chaos.ofWorld();
      if (fault === null) return;
      if (this.#strike(fault)) {
        tally.add(fault);
        scheduler.note(fault);
      }
      this.begin();
    });
  }

  /** Clocks are right again, the store is fast, and whoever sleeps wakes. */
  end(): void {
    this.#world.slowness.storeMs = 0;
    for (const slot of this.#fleet.slots) {
      this.#fleet.setClock(slot, 0);
      if (slot.process?.isPaused === true) slot.process.goOn();
    }
  }

  /** Answers whether it changed anything. */
  #strike(fault: WorldFault): boolean {
    const { random } = this.#world;
    const { store, queue, log } = this.#stack;
    const slot = this.#anybody();
    switch (fault) {
      case 'kill':
        slot?.process?.kill();
        return slot !== null;
      case 'pause':
        slot?.process?.pause(random.pick([50, 500, 4_000]));
        return slot !== null;
      case 'restart':
        if (slot === null || slot.running === null) return false;
        this.#fleet.stop(slot);
        return true;
      case 'rewind partition':
        return store.rewind(random.below(log.partitionCount('strata.customer-log.v1')));
      case 'rewind store':
        return store.rewindAll();
      case 'tear commit':
        return store.tear(random.below(log.partitionCount('strata.customer-log.v1')));
      case 'flush store':
        return random.chance(0.3) && store.flush();
      case 'rewind queue':
        return queue.rewind();
      case 'flush queue':
        return random.chance(0.3) && queue.flush();
      case 'clock forward':
        return this.#turnClock(slot, 1);
      case 'clock back':
        return this.#turnClock(slot, -1);
      case 'slow store':
        return this.#slowStore();
    }
  }

  #turnClock(slot: Slot | null, direction: 1 | -1): boolean {
    if (slot === null) return false;
    const byMs = this.#world.random.pick([20, 1_000, 2 * HOUR_MS]);
    this.#fleet.setClock(slot, slot.skewMs + direction * byMs);
    return true;
  }

  #slowStore(): boolean {
    const { random, scheduler, slowness } = this.#world;
    slowness.storeMs = random.pick([50, 300, 1_500]);
    scheduler.plan(random.between(100, 2_000), 'store is fast again', () => {
      slowness.storeMs = 0;
    });
    return true;
  }

  #anybody(): Slot | null {
    const alive = this.#fleet.alive();
    return alive.length === 0 ? null : this.#world.random.pick(alive);
  }
}
