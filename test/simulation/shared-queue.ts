import type {
  DeliveryCounts,
  DeliveryJob,
  DeliveryOutcome,
  DeliveryPosition,
  DeliveryStanding,
  EndpointService,
  NoteCondition,
  PositionCondition,
} from '@strata/pipeline';
import { DeliveryOrder, retryDelayMs } from '@strata/pipeline';
import type { Surroundings } from './sim-process.ts';

/** A job as the queue holds it; another state is another object. */
interface Held {
  readonly job: DeliveryJob;
  readonly attempt: number;
  readonly state: 'ready' | 'active' | 'done' | 'failed';
  readonly readyAtMs: number;
  /** Which handing-out holds it; a later one voids this. */
  readonly lock: number;
  readonly addedAtMs: number;
}

interface Picture {
  readonly jobs: Map<string, Held>;
  readonly positions: Map<number, DeliveryPosition>;
  readonly notes: Map<string, string>;
}

const EMPTY = (): Picture => ({ jobs: new Map(), positions: new Map(), notes: new Map() });

export interface HandedOut {
  readonly job: DeliveryJob;
  readonly attempt: number;
  readonly lock: number;
  readonly addedAtMs: number;
}

/** Somebody who waits for a job. */
interface Pull {
  readonly sinceMs: number;
  readonly isDead: () => boolean;
  readonly serviceOf: (endpoint: string) => EndpointService | null;
  readonly take: (handedOut: HandedOut) => void;
}

const LADDER_MS = [0, 50, 100, 200, 400, 800, 1_600, 1_600, 1_600, 1_600, 1_600, 1_600];
const LOCK_MS = 2_000;
/** So long a connection whose other end has died looks as if somebody waited there. */
const CONNECTION_MS = 5_000;
/** How often it keeps a picture to go back to, in changes. */
const PICTURE_EVERY = 10;
const PICTURES_KEPT = 6;

/** The queue that all notifiers share, and what it would be after it lost its last writes. */
export class SharedQueue {
  readonly #world: Surroundings;
  #pulls: Pull[] = [];
  #now: Picture = EMPTY();
  #order = new DeliveryOrder();
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
      this.#order.add(job);
      this.#set({ job, attempt: 1, state: 'ready', readyAtMs, lock: 0, addedAtMs: readyAtMs });
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
    const { before, lastJobs, notes } = condition ?? { before: now, lastJobs: [], notes: [] };
    const isAhead =
      !lastJobs.every(({ id }) => this.#now.jobs.has(id)) ||
      ![...notes].every(([name, note]) => this.#now.notes.get(name) === note);
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
    for (const { job } of removed) {
      this.#now.jobs.delete(job.id);
      this.#order.end(job);
    }
    if (removed.length > 0) this.#changed();
    this.#handOut();
    return removed.length;
  }

  pending(endpoint: string): number {
    return this.#order.pending(endpoint);
  }

  standing(partition: number, endpoints: readonly string[]): DeliveryStanding {
    const oldest = this.#order.oldest(partition, endpoints);
    return { position: this.position(partition), notes: this.notes(), oldest };
  }

  notes(): Map<string, string> {
    return new Map(this.#now.notes);
  }

  storeNote(name: string, note: string | null, condition: NoteCondition): boolean {
    const now = this.#now.notes.get(name) ?? null;
    const { before, lastJobs = [], at } = condition;
    if (now === note) return true;
    if (now !== before) return false;
    const isElsewhere =
      at !== undefined && textOf(this.position(at.partition)) !== textOf(at.position);
    if (isElsewhere || !lastJobs.every(({ id }) => this.#now.jobs.has(id))) {
      this.#world.tally.add(
        isElsewhere ? 'note at the position of another' : 'note ahead of its jobs',
      );
      return false;
    }
    if (note === null) this.#now.notes.delete(name);
    else this.#now.notes.set(name, note);
    this.#changed();
    return true;
  }

  /** The next job that is ready, whenever that is. */
  pull(puller: Pick<Pull, 'isDead' | 'serviceOf'>): Promise<HandedOut> {
    const { promise, resolve: take } = Promise.withResolvers<HandedOut>();
    this.#pulls.push({ ...puller, sinceMs: this.#world.scheduler.nowMs, take });
    this.#handOut();
    return promise;
  }

  /** Whether the ladder is spent by this outcome, or the delivery refused for good. */
  isLast({ job }: HandedOut, outcome: DeliveryOutcome): boolean {
    const attempt = this.#now.jobs.get(job.id)?.attempt ?? 1;
    return (
      outcome.kind === 'rejected' || (outcome.kind === 'retry' && waitOf(attempt, outcome) === null)
    );
  }

  finish({ job, lock }: HandedOut, outcome: DeliveryOutcome): void {
    const held = this.#now.jobs.get(job.id);
    if (held === undefined || held.state !== 'active' || held.lock !== lock) {
      this.#world.tally.add('delivery ended without its lock');
      return;
    }
    const waitMs = outcome.kind === 'retry' ? waitOf(held.attempt, outcome) : null;
    if (waitMs === null) {
      this.#order.end(job);
      this.#set({ ...held, state: outcome.kind === 'delivered' ? 'done' : 'failed' });
      this.#handOut();
      return;
    }
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
    this.#order = new DeliveryOrder();
    for (const { job, state } of this.#now.jobs.values()) {
      if (state === 'ready' || state === 'active') this.#order.add(job);
    }
    // Locks of then are of workers of then: they run out.
    for (const held of this.#now.jobs.values()) if (held.state === 'active') this.#lose(held);
    this.#handOut();
    return true;
  }

  flush(): boolean {
    this.#pictures = [];
    this.#now = EMPTY();
    this.#order = new DeliveryOrder();
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

  /** Whoever held an endpoint takes it again. */
  wake(ms: number): void {
    this.#handOutLater(ms);
  }

  #handOut(): void {
    const { nowMs } = this.#world.scheduler;
    this.#pulls = this.#pulls.filter(
      ({ sinceMs, isDead }) => !isDead() || nowMs - sinceMs < CONNECTION_MS,
    );
    for (const held of this.#now.jobs.values()) {
      if (this.#pulls.length === 0) return;
      if (held.state !== 'ready' || held.readyAtMs > nowMs) continue;
      this.#offer(held);
    }
  }

  #offer(held: Held): void {
    const { endpoint } = held.job;
    const at = this.#pulls.findIndex(({ serviceOf }) => serviceOf(endpoint) !== null);
    const deliver = this.#pulls[at]?.serviceOf(endpoint)?.deliver;
    if (deliver === undefined) return;
    const isInHand = (of: string): boolean => this.#now.jobs.get(of)?.state === 'active';
    const turn = this.#order.turn(held.job, deliver, isInHand);
    if (turn === 'wait') return this.#world.tally.add('delivery waited for its turn');
    if (turn === 'superseded') {
      this.#world.tally.add('delivery superseded');
      return this.#set({ ...held, state: 'done' });
    }
    const [pull] = this.#pulls.splice(at, 1);
    const active = { ...held, state: 'active' as const, lock: ++this.#locks };
    this.#set(active);
    this.#world.scheduler.plan(LOCK_MS, 'lock runs out', () => this.#lose(active));
    const { job, attempt, addedAtMs } = held;
    pull?.take({ job, attempt, lock: active.lock, addedAtMs });
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

function copyOf({ jobs, positions, notes }: Picture): Picture {
  return { jobs: new Map(jobs), positions: new Map(positions), notes: new Map(notes) };
}

/** Null where no attempt is left. */
function waitOf(attempt: number, outcome: DeliveryOutcome & { kind: 'retry' }): number | null {
  const { afterMs } = outcome;
  return retryDelayMs({ ladderMs: LADDER_MS, attempt, afterMs, random: 0 });
}
