import type { RunningService, ServiceName, Stack } from './services.ts';
import { SERVICES, startService } from './services.ts';
import type { Surroundings } from './sim-process.ts';
import { SimProcess } from './sim-process.ts';

/** A place where a process of a service runs; after its end a supervisor starts the next. */
export interface Slot {
  readonly service: ServiceName;
  readonly name: string;
  /** The clock of the host, which outlives the process. */
  skewMs: number;
  process: SimProcess | null;
  running: RunningService | null;
  starts: number;
}

/** How long a process may take to stop before it is killed. */
const STOP_MS_MAX = 3_000;

/** All processes, and who starts them again. */
export class Fleet {
  readonly slots: readonly Slot[];
  readonly #world: Surroundings;
  readonly #stack: Stack;

  constructor(world: Surroundings, stack: Stack, counts: Readonly<Record<ServiceName, number>>) {
    this.#world = world;
    this.#stack = stack;
    this.slots = SERVICES.flatMap((service) =>
      Array.from({ length: counts[service] }, (_, n) => ({
        service,
        name: `${service} ${n + 1}`,
        skewMs: 0,
        process: null,
        running: null,
        starts: 0,
      })),
    );
  }

  start(): void {
    for (const slot of this.slots) this.#startLater(slot, 300);
  }

  alive(): Slot[] {
    return this.slots.filter(({ process }) => process !== null && !process.isDead);
  }

  /** A clean stop, as a deployment does it. */
  stop(slot: Slot): void {
    const { running, process } = slot;
    if (running === null || process === null) return;
    slot.running = null;
    const kill = (): void => process.kill();
    process.wake(() => void running.stop().then(kill, kill));
    this.#world.scheduler.plan(STOP_MS_MAX, `${process.name} was to stop`, kill);
  }

  setClock(slot: Slot, skewMs: number): void {
    slot.skewMs = skewMs;
    if (slot.process !== null) slot.process.skewMs = skewMs;
  }

  #startLater(slot: Slot, withinMs: number): void {
    const afterMs = this.#world.random.below(withinMs);
    this.#world.scheduler.plan(afterMs, `${slot.name} starts`, () => this.#start(slot));
  }

  #start(slot: Slot): void {
    slot.starts += 1;
    const name = `${slot.name}.${slot.starts}`;
    const process = new SimProcess(name, this.#world, () => {
      slot.running = null;
      this.#startLater(slot, this.#world.chaos.isOver ? 50 : 1_500);
    });
    slot.process = process;
    process.skewMs = slot.skewMs;
    startService(slot.service, process, this.#stack).then(
      (running) => {
        if (!process.isDead) slot.running = running;
      },
      // A process that cannot start ends, and is started again.
      () => process.kill(),
    );
  }
}
