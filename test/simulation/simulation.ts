import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import { turnNumber } from '@strata/domain';
import { MemoryLog } from '@strata/memory';
import { decodePartition } from '@strata/state-codec';
import { AppendWatch } from './append-watch.ts';
import { Chaos } from './chaos.ts';
import { Endpoints } from './endpoints.ts';
import { differences } from './final-check.ts';
import { Fleet } from './fleet.ts';
import { Nemesis } from './nemesis.ts';
import { Operator } from './operator.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import type { Limits, Stack } from './services.ts';
import { SharedQueue } from './shared-queue.ts';
import { SimGroup } from './sim-group.ts';
import type { Surroundings } from './sim-process.ts';
import { SharedStore } from './sim-store.ts';
import { Tally } from './tally.ts';
import { Traffic } from './traffic.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Steps with faults; then all faults stop and everything has to come to rest. */
  readonly steps: number;
  /** Hears of every step. */
  readonly onStep?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  readonly steps: number;
  readonly traceHash: string;
  readonly tally: Tally;
  /** What must never be and was, or what did not come to rest; empty for a seed that holds. */
  readonly failures: readonly string[];
}

/** How long the world may take to come to rest after the last fault. */
const REST_MS_MAX = 180_000;
const REST_STEPS_MAX = 60_000;
const LOOK_EVERY_STEPS = 20;
/** Longer than a request can be late, which its sender has given up. */
const LATE_MS_MAX = 6_000;

/** One seed, from the first record to rest. The same seed and steps do exactly the same. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const simulation = new Simulation(options);
  const unhandled = (error: unknown): void => simulation.fail(`nobody handled: ${String(error)}`);
  process.on('unhandledRejection', unhandled);
  try {
    return await simulation.run();
  } finally {
    process.off('unhandledRejection', unhandled);
  }
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #tally = new Tally();
  readonly #scheduler: Scheduler;
  readonly #chaos: Chaos;
  readonly #stack: Stack;
  readonly #fleet: Fleet;
  readonly #nemesis: Nemesis;
  readonly #operator: Operator;
  readonly #partitions: number;
  readonly #failures: string[] = [];
  #isResting = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const random = new Random(options.seed);
    this.#scheduler = new Scheduler(random, options.onStep);
    this.#chaos = new Chaos(random, this.#tally);
    const world: Surroundings = {
      random,
      scheduler: this.#scheduler,
      chaos: this.#chaos,
      tally: this.#tally,
      wayMs: random.pick([1, 4, 15, 40]),
      slowness: { storeMs: 0 },
      fail: (what) => this.fail(what),
    };
    this.#partitions = random.between(1, 8);
    this.#stack = stackOf(world, this.#partitions);
    this.#fleet = new Fleet(world, this.#stack, {
      ingestor: random.between(1, 2),
      scorer: random.between(1, 5),
      notifier: random.between(1, 2),
    });
    this.#nemesis = new Nemesis(world, this.#stack, this.#fleet);
    const overMs = random.between(500, 6_000);
    this.#stack.traffic.begin(overMs);
    this.#operator = new Operator(world, this.#stack);
    this.#operator.begin(3 * overMs);
  }

  fail(what: string): void {
    this.#failures.push(`step ${this.#scheduler.steps}: ${what}`);
  }

  async run(): Promise<SimulationResult> {
    this.#fleet.start();
    this.#nemesis.begin();
    await this.#steps(() => this.#scheduler.steps >= this.#options.steps);
    const isEarly = this.#failures.length > 0;
    if (!isEarly) await this.#rest();
    const { seed } = this.#options;
    const { steps, traceHash } = this.#scheduler;
    return { seed, steps, traceHash, tally: this.#tally, failures: this.#failures };
  }

  /** Nothing goes wrong any more: now everything has to get done, in bounded time. */
  async #rest(): Promise<void> {
    this.#chaos.isOver = true;
    this.#scheduler.note('all faults end');
    this.#nemesis.end();
    this.#stack.traffic.mend();
    await this.#comeToRest();
    await this.#waitForTheLate();
    await this.#redriveAll();
    // A second tombstone of a letter looks like the first, which was published long before.
    await this.#waitForTheLate();
    await this.#comeToRest();
    if (this.#failures.length > 0) return;
    for (const difference of differences(this.#stack, this.#partitions)) this.fail(difference);
  }

  async #waitForTheLate(): Promise<void> {
    const { nowMs } = this.#scheduler;
    this.#scheduler.plan(LATE_MS_MAX, 'nothing is late any more', () => {});
    await this.#steps(() => this.#scheduler.nowMs >= nowMs + LATE_MS_MAX);
  }

  /** What was lost on its way, or came late, is redriven by now; after that nothing more comes of it. */
  async #redriveAll(): Promise<void> {
    let isDone = false;
    void this.#operator.redriveAll().then(() => {
      isDone = true;
    });
    await this.#steps(() => isDone);
    await this.#comeToRest();
  }

  async #comeToRest(): Promise<void> {
    const { nowMs, steps } = this.#scheduler;
    this.#isResting = false;
    await this.#steps(() => {
      if (this.#scheduler.steps % LOOK_EVERY_STEPS === 0) this.#isResting = this.#isAtRest();
      const isLate =
        this.#scheduler.nowMs - nowMs > REST_MS_MAX ||
        this.#scheduler.steps - steps > REST_STEPS_MAX;
      return this.#isResting || isLate;
    });
    if (this.#isResting || this.#failures.length > 0) return;
    const restMs = this.#scheduler.nowMs - nowMs;
    this.fail(`after ${restMs} ms without faults: ${this.#unrest().join('; ')}`);
  }

  /** What breaks outside of every process, such as an invariant of the store, is a failure of the seed like any other. */
  async #steps(isDone: () => boolean): Promise<void> {
    while (this.#failures.length === 0 && !isDone()) {
      try {
        if (!(await this.#scheduler.step())) return;
      } catch (error) {
        this.fail(error instanceof Error ? error.message : String(error));
      }
    }
  }

  #isAtRest(): boolean {
    return this.#unrest().length === 0;
  }

  /** What is still to be done, in words. */
  #unrest(): string[] {
    const { log, store, queue, groups } = this.#stack;
    const left: string[] = [];
    for (const topic of INTAKE_TOPICS) {
      log.bounds(topic).forEach(({ end }, partition) => {
        const committed = groups.ingestor.committed({ topic, partition }) ?? 0;
        if (committed < end)
          left.push(`${topic} ${partition} is ingested to ${committed} of ${end}`);
      });
    }
    log.bounds(TOPICS.customerLog).forEach(({ end }, partition) => {
      if (store.nextOf(partition) < end) {
        left.push(`partition ${partition} is folded to ${store.nextOf(partition)} of ${end}`);
      }
      if (store.contents(partition).isPart) left.push(`partition ${partition} is not whole`);
    });
    // The rest is dearer to look at, and cannot hold before this does.
    if (left.length > 0) return left;
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      left.push(...this.#unrestOf(partition));
      const { end = 0 } = log.bounds(TOPICS.tierChanges)[partition] ?? {};
      const offset = queue.position(partition)?.offset ?? 0;
      if (offset < end) left.push(`tier changes ${partition} are read to ${offset} of ${end}`);
    }
    const { waiting, delayed, active } = queue.counts();
    const open = waiting + delayed + active;
    if (open > 0) left.push(`${open} deliveries are open`);
    return left;
  }

  #unrestOf(partition: number): string[] {
    const { watch, store } = this.#stack;
    const { outbox, fields, due } = store.contents(partition);
    // A store that has lost but its last trim holds what is published; the next trim takes it.
    const open = outbox.filter((entry) => !watch.isPublished(partition, entry));
    if (open.length > 0) return [`outbox ${partition} holds ${open.length}`];
    const state = decodePartition(Object.fromEntries(fields));
    if (state === null || state.activations.length === 0) {
      return [`partition ${partition} has no policy`];
    }
    if (state.rates.number === 0) return [`partition ${partition} has no rates`];
    const { swept } = state;
    const inForce = this.#stack.traffic.book.inForce?.number ?? 0;
    if (turnNumber(state) < inForce) return [`partition ${partition} lacks publication ${inForce}`];
    if (swept.through < turnNumber(state) || !swept.isDone) {
      return [`partition ${partition} is not swept`];
    }
    const clockMs = state.time === 'data' ? state.clock : this.#scheduler.nowMs;
    const late = [...due.values()].filter((at) => at <= clockMs).length;
    return late > 0 ? [`${late} customers of partition ${partition} are due`] : [];
  }
}

function stackOf(world: Surroundings, partitions: number): Stack {
  const { random, scheduler, tally } = world;
  const log = new MemoryLog({ nowMs: () => scheduler.nowMs });
  for (const topic of [...INTAKE_TOPICS, TOPICS.customerLog, TOPICS.tierChanges, TOPICS.tiers]) {
    const isShared = topic === TOPICS.events || !INTAKE_TOPICS.some((intake) => intake === topic);
    log.createTopic(topic, isShared ? partitions : 1);
  }
  log.createTopic(TOPICS.deadLetters, 2);
  log.createTopic(TOPICS.undelivered, 2);
  log.createTopic(TOPICS.policies, 1);
  const fail = (what: string): void => world.fail(what);
  const watch = new AppendWatch(log, { tally, fail });
  const store = new SharedStore(partitions, {
    random,
    tally,
    watch: { fail, onTrim: (partition, entries) => watch.trimmed(partition, entries) },
  });
  const times = { sessionMs: random.between(300, 1_500), rebalanceMs: random.between(500, 3_000) };
  const group = (name: string): SimGroup => new SimGroup(name, world, { log, times });
  const groups = {
    ingestor: group('ingestors'),
    scorer: group('scorers'),
    notifier: group('notifiers'),
  };
  return {
    log,
    watch,
    store,
    queue: new SharedQueue(world),
    endpoints: new Endpoints(world),
    traffic: new Traffic(world, { log, partitions }),
    partitions,
    groups,
    limits: limitsOf(world),
  };
}

/** Small, so that a short run reaches them. */
function limitsOf({ random }: Surroundings): Limits {
  return {
    batchRecords: random.pick([2, 7, 30]),
    commitRecordsMax: random.pick([1, 3, 20]),
    commitCustomersMax: random.pick([1, 4, 50]),
    hotEntriesMax: random.pick([1, 8, 300]),
    outboxDepthMax: random.pick([3, 10, 200]),
    relayRecordsMax: random.pick([1, 4, 50]),
    relayBytesMax: random.pick([300, 2_000, 100_000]),
  };
}
