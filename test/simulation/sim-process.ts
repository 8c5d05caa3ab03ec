import { StrataError } from '@strata/pipeline';
import type { Alarm } from '@strata/service-runtime';
import type { Chaos } from './chaos.ts';
import { Conduct } from './conduct.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Tally } from './tally.ts';

/** What everything in a simulated world shares. */
export interface Surroundings {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly chaos: Chaos;
  readonly tally: Tally;
  /** Usual time of one way through the network, in milliseconds. */
  readonly wayMs: number;
  /** How much longer the store takes at the moment, in milliseconds. */
  readonly slowness: { storeMs: number };
  /** Something that must never be has been seen: the run ends. */
  fail(what: string): void;
}

export type Backend = 'store' | 'log' | 'group' | 'queue';

/** Calls that a client sends again by itself after a broken connection. */
const RESENT: ReadonlySet<Backend> = new Set(['store', 'queue']);
const TIMEOUT_MS = 400;
/** A way is now and then so many times as long. */
const TAIL = 25;

/**
 * One process of the world, from its start to its end. Whatever it waits for comes through here: so it can be killed
 * (nothing ever comes again), paused (everything comes later) and have its calls go wrong.
 */
export class SimProcess {
  readonly name: string;
  readonly world: Surroundings;
  isDead = false;
  readonly conduct: Conduct;
  /** The clock of its host against the broker's. */
  skewMs = 0;
  #isPaused = false;
  readonly #parked: (() => void)[] = [];
  readonly #onKilled: () => void;

  constructor(name: string, world: Surroundings, onKilled: () => void) {
    this.name = name;
    this.world = world;
    this.#onKilled = onKilled;
    this.conduct = new Conduct((what) => world.fail(`${name} ${what}`));
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  readonly clock = { nowMs: (): number => this.world.scheduler.nowMs + this.skewMs };

  /** Timers run on monotonic time: a clock that is set does not move them. */
  readonly alarm: Alarm = (afterMs, ring) =>
    this.world.scheduler.plan(afterMs, `${this.name} alarm`, () => this.wake(ring));

  kill(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#parked.length = 0;
    this.#onKilled();
  }

  pause(forMs: number): void {
    if (this.#isPaused || this.isDead) return;
    this.#isPaused = true;
    this.world.scheduler.plan(forMs, `${this.name} goes on`, () => this.goOn());
  }

  goOn(): void {
    this.#isPaused = false;
    for (const run of this.#parked.splice(0)) {
      this.world.scheduler.plan(this.world.random.below(3), `${this.name} caught up`, () =>
        this.wake(run),
      );
    }
  }

  /** Runs something in this process: not while it is paused, never when it is dead. */
  wake(run: () => void): void {
    if (this.isDead) return;
    if (this.#isPaused) this.#parked.push(run);
    else run();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.scheduler.plan(ms, `${this.name} slept`, () => this.wake(resolve));
    });
  }

  /** A crash point is reached. Answers a promise where the process stops there. */
  at(point: string): void | Promise<void> {
    const { chaos, tally, random } = this.world;
    tally.add(`at ${point}`);
    if (this.isDead) return new Promise(() => {});
    if (chaos.strikes('kill at point')) {
      tally.add(`killed at ${point}`);
      this.world.scheduler.note(`${this.name} is killed at ${point}`);
      this.kill();
      return new Promise(() => {});
    }
    if (!chaos.strikes('pause at point')) return;
    tally.add(`paused at ${point}`);
    this.pause(random.between(10, 3_000));
    return new Promise((resolve) => this.wake(resolve));
  }

  /**
   * Asks a backend: the request is on its way, is executed, and its reply is on its way, each for a random time. On
   * the way it may be lost, come late or come twice; the caller then hears of an operating fault, or of the second.
   */
  call<T>(backend: Backend, what: string, execute: () => T | Promise<T>): Promise<T> {
    if (this.isDead) return new Promise(() => {});
    const { chaos } = this.world;
    const label = `${this.name} ${what}`;
    return new Promise<T>((resolve, reject) => {
      const answer = (outcome: Promise<T>): void => {
        outcome.then(
          (value) => this.#reply(backend, label, () => resolve(value)),
          (error: unknown) => this.#reply(backend, label, () => reject(error)),
        );
      };
      const run = (): Promise<T> => (async () => execute())();
      const unheard = (): void => void run().catch(() => undefined);
      const timeOut = (): void => this.#reply(backend, label, () => reject(faultOf(backend, what)));
      if (chaos.strikes('request lost', what)) return this.#after(TIMEOUT_MS, label, timeOut);
      if (chaos.strikes('reply lost', what)) {
        this.#request(backend, label, unheard);
        return this.#after(TIMEOUT_MS, label, timeOut);
      }
      if (chaos.strikes('request late', what)) {
        this.#after(TIMEOUT_MS, label, timeOut);
        return this.#after(this.#lateMs(), `${label} late`, unheard);
      }
      if (RESENT.has(backend) && chaos.strikes('request repeated', what)) {
        this.#request(backend, label, unheard);
        return this.#request(backend, `${label} again`, () => answer(run()));
      }
      this.#request(backend, label, () => answer(run()));
    });
  }

  #lateMs(): number {
    return TIMEOUT_MS + this.world.random.below(4_000);
  }

  /** What a dead process has sent may still arrive. */
  #request(backend: Backend, label: string, execute: () => void): void {
    const survives = this.world.random.chance(0.5);
    this.#after(this.#wayMs(backend), label, () => {
      if (!this.isDead || survives) execute();
    });
  }

  #reply(backend: Backend, label: string, settle: () => void): void {
    this.#after(this.#wayMs(backend), `${label} reply`, () => this.wake(settle));
  }

  #after(ms: number, label: string, run: () => void): void {
    this.world.scheduler.plan(ms, label, run);
  }

  #wayMs(backend: Backend): number {
    const { random, wayMs, chaos } = this.world;
    const usual = random.below(wayMs + 1);
    const slow = backend === 'store' ? random.below(this.world.slowness.storeMs + 1) : 0;
    return slow + (!chaos.isOver && random.chance(0.01) ? usual * TAIL : usual);
  }
}

function faultOf(backend: Backend, what: string): StrataError {
  const code = backend === 'log' || backend === 'group' ? 'LOG_UNREACHABLE' : 'REDIS_UNREACHABLE';
  return new StrataError(`STRATA_${code}`, `No answer to ${what}.`, { isRetryable: true });
}
