import {
  assert,
  assertSoundJob,
  DELIVERY_LADDER_MS,
  type DeliveryCounts,
  type DeliveryHandlers,
  type DeliveryJob,
  DeliveryOrder,
  type DeliveryOutcome,
  type DeliveryPosition,
  type DeliveryQueue,
  type DeliveryStanding,
  type EndpointService,
  type NoteCondition,
  type PositionCondition,
  retryDelayMs,
} from '@strata/pipeline';
import { type HeldJob, MemoryEndpoint } from './memory-endpoint.ts';

/** Runs something later and answers how to call it off. Tests hand in one whose clock they move. */
export type Schedule = (delayMs: number, run: () => void) => () => void;

export interface MemoryDeliveryQueueSettings {
  readonly ladderMs?: readonly number[];
  readonly schedule?: Schedule;
  readonly nowMs?: () => number;
  readonly random?: () => number;
}

/** Finished jobs that stay known, as in the queue on Redis: a bound, so that a long run does not fill the memory. */
const FINISHED_KEPT = 10_000;
/** What could not be given up is tried once more after this. */
const GIVE_UP_AGAIN_MS = 10_000;

/** Delivery jobs in the memory of one process: they end with it. */
export class MemoryDeliveryQueue implements DeliveryQueue {
  readonly #ladderMs: readonly number[];
  readonly #schedule: Schedule;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #order = new DeliveryOrder();
  readonly #held = new Map<string, HeldJob>();
  readonly #finished = new Map<string, { endpoint: string; end: 'delivered' | 'failed' }>();
  readonly #endpoints = new Map<string, MemoryEndpoint>();
  readonly #inHand = new Set<Promise<void>>();
  readonly #positions = new Map<number, DeliveryPosition>();
  readonly #notes = new Map<string, string>();
  #handlers: DeliveryHandlers | null = null;
  #isClosed = false;

  constructor(settings: MemoryDeliveryQueueSettings = {}) {
    this.#ladderMs = settings.ladderMs ?? DELIVERY_LADDER_MS;
    assert(this.#ladderMs.length > 0, 'the retry ladder has at least one attempt');
    this.#schedule = settings.schedule ?? wallSchedule;
    this.#nowMs = settings.nowMs ?? (() => performance.now());
    this.#random = settings.random ?? Math.random;
  }

  async add(jobs: readonly DeliveryJob[]): Promise<void> {
    for (const job of jobs) assertSoundJob(job);
    for (const job of jobs) {
      if (this.#isKnown(job.id)) continue;
      const held: HeldJob = {
        job: { ...job },
        addedAtMs: this.#nowMs(),
        attempt: 1,
        state: 'waiting',
        cancel: () => {},
        isRemoved: false,
      };
      this.#held.set(job.id, held);
      this.#order.add(held.job);
      this.#enqueue(held, this.#ladderMs[0] ?? 0);
    }
    for (const endpoint of new Set(jobs.map((job) => job.endpoint))) this.#pump(endpoint);
  }

  work(handlers: DeliveryHandlers): void {
    assert(this.#handlers === null, 'work is called once');
    this.#handlers = handlers;
    for (const endpoint of this.#endpoints.keys()) this.#pump(endpoint);
  }

  serve(endpoints: ReadonlyMap<string, EndpointService>): void {
    for (const name of new Set([...this.#endpoints.keys(), ...endpoints.keys()])) {
      this.#endpoint(name).service = endpoints.get(name) ?? null;
      this.#pump(name);
    }
  }

  hold(endpoint: string, ms: number): void {
    const held = this.#endpoint(endpoint);
    const mine = this.#schedule(ms, () => {
      if (held.endHold !== mine) return;
      held.endHold = null;
      this.#pump(endpoint);
    });
    held.endHold?.();
    held.endHold = mine;
  }

  async counts(endpoint?: string): Promise<DeliveryCounts> {
    const isMeant = (of: string): boolean => endpoint === undefined || of === endpoint;
    const held = [...this.#held.values()].filter(({ job }) => isMeant(job.endpoint));
    const finished = [...this.#finished.values()].filter((each) => isMeant(each.endpoint));
    const countOf = (state: HeldJob['state']): number =>
      held.filter((each) => each.state === state).length;
    return {
      waiting: countOf('waiting'),
      delayed: countOf('delayed'),
      active: countOf('active'),
      delivered: finished.filter(({ end }) => end === 'delivered').length,
      failed: finished.filter(({ end }) => end === 'failed').length,
    };
  }

  async pending(endpoints: readonly string[]): Promise<Map<string, number>> {
    return new Map(endpoints.map((endpoint) => [endpoint, this.#order.pending(endpoint)]));
  }

  async standing(partition: number, endpoints: readonly string[]): Promise<DeliveryStanding> {
    const position = this.#positions.get(partition) ?? null;
    const notes = new Map(this.#notes);
    return { position, notes, oldest: this.#order.oldest(partition, endpoints) };
  }

  async drop(endpoint: string): Promise<void> {
    for (const held of this.#held.values()) {
      if (held.job.endpoint === endpoint) this.#remove(held);
    }
    for (const [id, { endpoint: of }] of this.#finished) {
      if (of === endpoint) this.#finished.delete(id);
    }
    this.#endpoints.delete(endpoint);
  }

  /** A finished job is kept by its id alone. */
  async countAbout(subject: string): Promise<number> {
    return this.#about(subject).length;
  }

  async removeAbout(subject: string): Promise<number> {
    const removed = this.#about(subject);
    for (const held of removed) this.#remove(held);
    return removed.length;
  }

  async position(partition: number): Promise<DeliveryPosition | null> {
    return this.#positions.get(partition) ?? null;
  }

  async storePosition(
    partition: number,
    position: DeliveryPosition,
    condition?: PositionCondition,
  ): Promise<boolean> {
    const now = this.#positions.get(partition) ?? null;
    if (condition !== undefined && !isSame(now, position)) {
      const { before, lastJobs, notes } = condition;
      if (!isSame(now, before) || !lastJobs.every(({ id }) => this.#isKnown(id))) return false;
      if ([...notes].some(([name, note]) => this.#notes.get(name) !== note)) return false;
    }
    this.#positions.set(partition, { ...position });
    return true;
  }

  async notes(): Promise<Map<string, string>> {
    return new Map(this.#notes);
  }

  async storeNote(name: string, note: string | null, condition: NoteCondition): Promise<boolean> {
    const now = this.#notes.get(name) ?? null;
    const { before, lastJobs = [], at } = condition;
    if (now === note) return true;
    if (now !== before || !lastJobs.every(({ id }) => this.#isKnown(id))) return false;
    if (at !== undefined && !isSame(this.#positions.get(at.partition) ?? null, at.position)) {
      return false;
    }
    if (note === null) this.#notes.delete(name);
    else this.#notes.set(name, note);
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { cancel } of this.#held.values()) cancel();
    for (const { endHold } of this.#endpoints.values()) endHold?.();
    await Promise.all(this.#inHand);
  }

  #about(subject: string): readonly HeldJob[] {
    return [...this.#held.values()].filter(({ job }) => job.subject === subject);
  }

  #remove(held: HeldJob): void {
    held.isRemoved = true;
    held.cancel();
    this.#held.delete(held.job.id);
    this.#order.end(held.job);
    this.#endpoints.get(held.job.endpoint)?.forget(held);
    this.#pump(held.job.endpoint);
  }

  #isKnown(id: string): boolean {
    return this.#held.has(id) || this.#finished.has(id);
  }

  #endpoint(name: string): MemoryEndpoint {
    const endpoint = this.#endpoints.get(name) ?? new MemoryEndpoint();
    this.#endpoints.set(name, endpoint);
    return endpoint;
  }

  #enqueue(held: HeldJob, delayMs: number): void {
    const endpoint = this.#endpoint(held.job.endpoint);
    if (delayMs <= 0) {
      held.state = 'waiting';
      endpoint.waiting.push(held);
      return;
    }
    held.state = 'delayed';
    held.cancel = this.#schedule(delayMs, () => {
      this.#enqueue(held, 0);
      this.#pump(held.job.endpoint);
    });
  }

  #pump(name: string): void {
    const endpoint = this.#endpoint(name);
    while (this.#handlers !== null && !this.#isClosed) {
      const waitMs = endpoint.waitMs(this.#nowMs());
      if (waitMs === null) return;
      if (waitMs > 0) {
        this.#pumpLater(name, waitMs);
        return;
      }
      const held = this.#next(endpoint);
      if (held === undefined) return;
      endpoint.begin(held, this.#nowMs());
      const delivery = this.#attempt(held, this.#handlers).finally(() => {
        this.#inHand.delete(delivery);
        endpoint.forget(held);
        this.#pump(name);
      });
      this.#inHand.add(delivery);
    }
  }

  #pumpLater(name: string, waitMs: number): void {
    const endpoint = this.#endpoint(name);
    if (endpoint.isPlanned) return;
    endpoint.isPlanned = true;
    this.#schedule(waitMs, () => {
      endpoint.isPlanned = false;
      this.#pump(name);
    });
  }

  /** The first that waits and whose turn it is. */
  #next(endpoint: MemoryEndpoint): HeldJob | undefined {
    const { waiting, service } = endpoint;
    for (const held of Array.from(waiting)) {
      const isInHand = (id: string): boolean => this.#held.get(id)?.state === 'active';
      const turn = this.#order.turn(held.job, service?.deliver ?? 'every', isInHand);
      if (turn === 'wait') continue;
      waiting.splice(waiting.indexOf(held), 1);
      if (turn === 'go') return held;
      this.#finish(held, 'delivered');
    }
    return undefined;
  }

  async #attempt(held: HeldJob, handlers: DeliveryHandlers): Promise<void> {
    let outcome: DeliveryOutcome;
    try {
      outcome = await handlers.deliver({ ...held.job }, held.attempt);
    } catch (error) {
      outcome = { kind: 'retry', reason: String(error) };
    }
    if (held.isRemoved) return;
    if (outcome.kind === 'delivered') return this.#finish(held, 'delivered');
    if (outcome.kind === 'retry') {
      const { attempt } = held;
      const { afterMs } = outcome;
      const ladder = { ladderMs: this.#ladderMs, attempt, afterMs, random: this.#random() };
      const delayMs = retryDelayMs(ladder);
      if (delayMs !== null) {
        held.attempt += 1;
        if (!this.#isClosed) this.#enqueue(held, delayMs);
        return;
      }
    }
    const { attempt: attempts, addedAtMs } = held;
    try {
      await handlers.givenUp({ ...held.job }, { reason: outcome.reason, attempts, addedAtMs });
    } catch {
      if (!held.isRemoved && !this.#isClosed) this.#enqueue(held, GIVE_UP_AGAIN_MS);
      return;
    }
    if (!held.isRemoved) this.#finish(held, 'failed');
  }

  #finish(held: HeldJob, end: 'delivered' | 'failed'): void {
    const { id, endpoint } = held.job;
    this.#held.delete(id);
    this.#order.end(held.job);
    this.#finished.set(id, { endpoint, end });
    if (this.#finished.size <= FINISHED_KEPT) return;
    for (const oldest of this.#finished.keys()) {
      this.#finished.delete(oldest);
      return;
    }
  }
}

function isSame(one: DeliveryPosition | null, other: DeliveryPosition | null): boolean {
  if (one === null || other === null) return one === other;
  return one.offset === other.offset && one.epoch === other.epoch && one.seq === other.seq;
}

function wallSchedule(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
