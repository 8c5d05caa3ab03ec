import type {
  DeliveryCounts,
  DeliveryJob,
  DeliveryOutcome,
  DeliveryPosition,
  DeliveryQueue,
  PositionCondition,
} from '@strata/pipeline';
import { assertSoundJob, retryDelayMs } from '@strata/pipeline';
import type { SimProcess, Surroundings } from './sim-process.ts';

/** A job as the queue holds it; another state is another object. */
interface Held {
  readonly job: DeliveryJob;
  readonly attempt: number;
  readonly state: 'ready' | 'active' | 'done' | 'failed';
  readonly readyAtMs: number;
  /** Which handing-out holds it; a later one voids this. */
  readonly lock: number;
}

interface Picture {
  readonly jobs: Map<string, Held>;
  readonly positions: Map<number, DeliveryPosition>;
}

interface HandedOut {
  readonly job: DeliveryJob;
  readonly attempt: number;
  readonly lock: number;
}

/** Somebody who waits for a job. */
interface Pull {
  readonly sinceMs: number;
  readonly isDead: () => boolean;
  readonly take: (handedOut: HandedOut) => void;
}

const LADDER_MS = [0, 50, 100, 200, 400, 800, 1_600, 1_600, 1_600, 1_600, 1_600, 1_600];
const LOCK_MS = 2_000;
const CONCURRENCY = 3;
/** So long a connection whose other end has died looks as if somebody waited there. */
const CONNECTION_MS = 5_000;
/** How often it keeps a picture to go back to, in changes. */
const PICTURE_EVERY = 10;
const PICTURES_KEPT = 6;

/** The queue that all notifiers share, and what it would be after it lost its last writes. */
export class SharedQueue {
  readonly #world: Surroundings;
  #pulls: Pull[] = [];
  #now: Picture = { jobs: new Map(), positions: new Map() };
  #pictures: Picture[] = [];
  #changes = 0;
  #locks = 0;

  constructor(world: Surroundings) {
    this.#world = world;
  }

  add(jobs: readonly DeliveryJob[]): void {
    for (const job of jobs) {
      if (this.#now.jobs.has(job.id)) {
        this.#world.tally.add('job added again');
        continue;
      }
      const readyAtMs = this.#world.scheduler.nowMs;
      this.#set({ job, attempt: 1, state: 'ready', readyAtMs, lock: 0 });
    }
    this.#handOut();
  }

  position(partition: number): DeliveryPosition | null {
    return this.#now.positions.get(partition) ?? null;
  }

  storePosition(
    partition: number,
    position: DeliveryPosition,
    condition?: PositionCondition,
  ): boolean {
    const now = this.#now.positions.get(partition) ?? null;
    if (textOf(now) === textOf(position)) return true;
    const { before, lastJobId } = condition ?? { before: now, lastJobId: null };
    const isAhead = lastJobId !== null && !this.#now.jobs.has(lastJobId);
    if (textOf(now) !== textOf(before) || isAhead) {
      this.#world.tally.add(isAhead ? 'position ahead of its jobs' : 'position of another');
      return false;
    }
    this.#now.positions.set(partition, position);
    this.#changed();
    return true;
  }

  about(subject: string): readonly Held[] {
    return [...this.#now.jobs.values()].filter(({ job }) => job.subject === subject);
  }

  /** Who has one in hand finds at its end that it does not hold it. */
  removeAbout(subject: string): number {
    const removed = this.about(subject);
    for (const { job } of removed) this.#now.jobs.delete(job.id);
    if (removed.length > 0) this.#changed();
    return removed.length;
  }

  /** The next job that is ready, whenever that is. */
  pull(isDead: () => boolean): Promise<HandedOut> {
    const { promise, resolve: take } = Promise.withResolvers<HandedOut>();
    this.#pulls.push({ sinceMs: this.#world.scheduler.nowMs, isDead, take });
    this.#handOut();
    return promise;
  }

  finish({ job, lock }: HandedOut, outcome: DeliveryOutcome): void {
    const held = this.#now.jobs.get(job.id);
    if (held === undefined || held.state !== 'active' || held.lock !== lock) {
      this.#world.tally.add('delivery ended without its lock');
      return;
    }
    const end = outcome.kind === 'delivered' ? 'done' : 'failed';
    if (outcome.kind !== 'retry') return this.#set({ ...held, state: end });
    const { afterMs } = outcome;
    const retry = { ladderMs: LADDER_MS, attempt: held.attempt, afterMs, random: 0 };
    const waitMs = retryDelayMs(retry);
    if (waitMs === null) return this.#set({ ...held, state: 'failed' });
    const readyAtMs = this.#world.scheduler.nowMs + waitMs;
    this.#set({ ...held, attempt: held.attempt + 1, state: 'ready', readyAtMs });
    this.#handOutLater(waitMs);
  }

  counts(): DeliveryCounts {
    const counts = { waiting: 0, delayed: 0, active: 0, delivered: 0, failed: 0 };
    for (const { state, readyAtMs } of this.#now.jobs.values()) {
      if (state === 'active') counts.active += 1;
      else if (state === 'done') counts.delivered += 1;
      else if (state === 'failed') counts.failed += 1;
      else if (readyAtMs > this.#world.scheduler.nowMs) counts.delayed += 1;
      else counts.waiting += 1;
    }
    return counts;
  }

  /** Jobs and positions go back together. Answers whether anything was lost. */
  rewind(): boolean {
    const picture = this.#pictures[this.#world.random.below(this.#pictures.length)];
    if (picture === undefined) return false;
    this.#pictures = this.#pictures.slice(0, this.#pictures.indexOf(picture) + 1);
    this.#now = copyOf(picture);
    // Locks of then are of workers of then: they run out.
    for (const held of this.#now.jobs.values()) if (held.state === 'active') this.#lose(held);
    this.#handOut();
    return true;
  }

  flush(): boolean {
    this.#pictures = [];
    this.#now = { jobs: new Map(), positions: new Map() };
    return this.#changes > 0;
  }

  #set(held: Held): void {
    this.#now.jobs.set(held.job.id, held);
    this.#changed();
  }

  #changed(): void {
    this.#changes += 1;
    if (this.#changes % PICTURE_EVERY !== 0) return;
    this.#pictures = [...this.#pictures, copyOf(this.#now)].slice(-PICTURES_KEPT);
  }

  #handOutLater(ms: number): void {
    this.#world.scheduler.plan(ms, 'queue looks', () => this.#handOut());
  }

  #handOut(): void {
    const { nowMs } = this.#world.scheduler;
    this.#pulls = this.#pulls.filter(
      ({ sinceMs, isDead }) => !isDead() || nowMs - sinceMs < CONNECTION_MS,
    );
    if (this.#pulls.length === 0) return;
    for (const held of this.#now.jobs.values()) {
      if (held.state !== 'ready' || held.readyAtMs > nowMs) continue;
      const pull = this.#pulls.shift();
      if (pull === undefined) return;
      const active = { ...held, state: 'active' as const, lock: ++this.#locks };
      this.#set(active);
      this.#world.scheduler.plan(LOCK_MS, 'lock runs out', () => this.#lose(active));
      pull.take({ job: held.job, attempt: held.attempt, lock: active.lock });
    }
  }

  /** Whoever had it is taken for dead: somebody else gets it. */
  #lose(held: Held): void {
    const now = this.#now.jobs.get(held.job.id);
    if (now === undefined || now.state !== 'active' || now.lock !== held.lock) return;
    this.#world.tally.add('delivery stalled');
    this.#set({ ...now, state: 'ready' });
    this.#handOut();
  }
}

function textOf(position: DeliveryPosition | null): string {
  return position === null ? '' : `${position.offset} ${position.epoch} ${position.seq}`;
}

function copyOf({ jobs, positions }: Picture): Picture {
  return { jobs: new Map(jobs), positions: new Map(positions) };
}

/** The queue as one process sees it, across the network. */
export class SimDeliveryQueue implements DeliveryQueue {
  readonly #process: SimProcess;
  readonly #shared: SharedQueue;
  readonly #inHand = new Set<Promise<void>>();
  #isClosed = false;

  constructor(process: SimProcess, shared: SharedQueue) {
    this.#process = process;
    this.#shared = shared;
  }

  async add(jobs: readonly DeliveryJob[]): Promise<void> {
    for (const job of jobs) assertSoundJob(job);
    await this.#ask('add jobs', () => this.#shared.add(jobs));
  }

  work(deliver: (job: DeliveryJob, attempt: number) => Promise<DeliveryOutcome>): void {
    for (let worker = 0; worker < CONCURRENCY; worker += 1) void this.#work(deliver);
  }

  counts(): Promise<DeliveryCounts> {
    return this.#ask('counts', () => this.#shared.counts());
  }

  countAbout(subject: string): Promise<number> {
    return this.#ask('count about', () => this.#shared.about(subject).length);
  }

  removeAbout(subject: string): Promise<number> {
    return this.#ask('remove about', () => this.#shared.removeAbout(subject));
  }

  position(partition: number): Promise<DeliveryPosition | null> {
    return this.#ask('position', () => this.#shared.position(partition));
  }

  storePosition(...position: Parameters<DeliveryQueue['storePosition']>): Promise<boolean> {
    return this.#ask('store position', () => this.#shared.storePosition(...position));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#inHand);
  }

  async #work(deliver: Parameters<DeliveryQueue['work']>[0]): Promise<void> {
    while (!this.#isClosed) {
      try {
        const handedOut = await this.#ask('pull', () =>
          this.#shared.pull(() => this.#process.isDead),
        );
        // A closed worker leaves the job to its lock.
        if (this.#isClosed) return;
        const delivery = this.#deliver(handedOut, deliver);
        this.#inHand.add(delivery);
        await delivery.finally(() => this.#inHand.delete(delivery));
      } catch {
        await this.#process.sleep(50);
      }
    }
  }

  async #deliver(
    handedOut: HandedOut,
    deliver: Parameters<DeliveryQueue['work']>[0],
  ): Promise<void> {
    const outcome = await deliver(handedOut.job, handedOut.attempt);
    await this.#ask('finish', () => this.#shared.finish(handedOut, outcome));
  }

  #ask<T>(what: string, execute: () => T | Promise<T>): Promise<T> {
    return this.#process.call('queue', what, execute);
  }
}
