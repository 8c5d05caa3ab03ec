import {
  assert,
  assertSoundJob,
  DELIVERY_LADDER_MS,
  type DeliveryCounts,
  type DeliveryJob,
  type DeliveryOutcome,
  type DeliveryPosition,
  type DeliveryQueue,
  type PositionCondition,
  retryDelayMs,
} from '@strata/pipeline';

/** Runs something later and answers how to call it off. Tests hand in one whose clock they move. */
export type Schedule = (delayMs: number, run: () => void) => () => void;

export interface MemoryDeliveryQueueSettings {
  readonly ladderMs?: readonly number[];
  readonly concurrency?: number;
  readonly schedule?: Schedule;
  readonly random?: () => number;
}

type Deliver = (job: DeliveryJob, attempt: number) => Promise<DeliveryOutcome>;

interface Held {
  readonly job: DeliveryJob;
  attempt: number;
  /** In hand when its subject was removed: not tried again, and no longer known. */
  isRemoved: boolean;
}

/** Finished jobs that stay known, as in the queue on Redis: a bound, so that a long run does not fill the memory. */
const FINISHED_KEPT = 10_000;

/** Delivery jobs in the memory of one process: they end with it. */
export class MemoryDeliveryQueue implements DeliveryQueue {
  readonly #ladderMs: readonly number[];
  readonly #concurrency: number;
  readonly #schedule: Schedule;
  readonly #random: () => number;
  readonly #unfinished = new Set<string>();
  readonly #finished = new Map<string, 'delivered' | 'failed'>();
  readonly #waiting: Held[] = [];
  readonly #delayed = new Map<Held, () => void>();
  readonly #active = new Map<Promise<void>, Held>();
  readonly #positions = new Map<number, DeliveryPosition>();
  #deliver: Deliver | null = null;
  #isClosed = false;

  constructor(settings: MemoryDeliveryQueueSettings = {}) {
    this.#ladderMs = settings.ladderMs ?? DELIVERY_LADDER_MS;
    assert(this.#ladderMs.length > 0, 'the retry ladder has at least one attempt');
    this.#concurrency = settings.concurrency ?? 50;
    this.#schedule = settings.schedule ?? wallSchedule;
    this.#random = settings.random ?? Math.random;
  }

  async add(jobs: readonly DeliveryJob[]): Promise<void> {
    for (const job of jobs) assertSoundJob(job);
    for (const job of jobs) {
      if (this.#isKnown(job.id)) continue;
      this.#unfinished.add(job.id);
      this.#enqueue({ job: { ...job }, attempt: 1, isRemoved: false }, this.#ladderMs[0] ?? 0);
    }
    this.#pump();
  }

  work(deliver: Deliver): void {
    assert(this.#deliver === null, 'work is called once');
    this.#deliver = deliver;
    this.#pump();
  }

  async counts(): Promise<DeliveryCounts> {
    const finished = [...this.#finished.values()];
    return {
      waiting: this.#waiting.length,
      delayed: this.#delayed.size,
      active: this.#active.size,
      delivered: finished.filter((end) => end === 'delivered').length,
      failed: finished.filter((end) => end === 'failed').length,
    };
  }

  /** A finished job is kept by its id alone. */
  async countAbout(subject: string): Promise<number> {
    return this.#about(subject).length;
  }

  async removeAbout(subject: string): Promise<number> {
    const removed = this.#about(subject);
    for (const held of removed) {
      held.isRemoved = true;
      this.#unfinished.delete(held.job.id);
      this.#delayed.get(held)?.();
      this.#delayed.delete(held);
    }
    this.#waiting.splice(0, Infinity, ...this.#waiting.filter(({ isRemoved }) => !isRemoved));
    return removed.length;
  }

  #about(subject: string): readonly Held[] {
    const held = [...this.#waiting, ...this.#delayed.keys(), ...this.#active.values()];
    return held.filter(({ job, isRemoved }) => job.subject === subject && !isRemoved);
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
      const { before, lastJobId } = condition;
      if (!isSame(now, before) || (lastJobId !== null && !this.#isKnown(lastJobId))) return false;
    }
    this.#positions.set(partition, { ...position });
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#delayed.values()) cancel();
    this.#delayed.clear();
    await Promise.all(this.#active.keys());
  }

  #isKnown(id: string): boolean {
    return this.#unfinished.has(id) || this.#finished.has(id);
  }

  #enqueue(held: Held, delayMs: number): void {
    if (delayMs <= 0) {
      this.#waiting.push(held);
      return;
    }
    const cancel = this.#schedule(delayMs, () => {
      this.#delayed.delete(held);
      this.#waiting.push(held);
      this.#pump();
    });
    this.#delayed.set(held, cancel);
  }

  #pump(): void {
    const deliver = this.#deliver;
    while (deliver !== null && !this.#isClosed && this.#active.size < this.#concurrency) {
      const held = this.#waiting.shift();
      if (held === undefined) return;
      const delivery = this.#attempt(held, deliver).finally(() => {
        this.#active.delete(delivery);
        this.#pump();
      });
      this.#active.set(delivery, held);
    }
  }

  async #attempt(held: Held, deliver: Deliver): Promise<void> {
    let outcome: DeliveryOutcome;
    try {
      outcome = await deliver({ ...held.job }, held.attempt);
    } catch (error) {
      outcome = { kind: 'retry', reason: String(error) };
    }
    if (held.isRemoved) return;
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
    this.#finish(held.job.id, outcome.kind === 'delivered' ? 'delivered' : 'failed');
  }

  #finish(id: string, end: 'delivered' | 'failed'): void {
    this.#unfinished.delete(id);
    this.#finished.set(id, end);
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
