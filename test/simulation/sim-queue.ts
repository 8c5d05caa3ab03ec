import type {
  DeliveryCounts,
  DeliveryHandlers,
  DeliveryJob,
  DeliveryPosition,
  DeliveryQueue,
  DeliveryStanding,
  EndpointService,
} from '@strata/pipeline';
import { assertSoundJob } from '@strata/pipeline';
import type { HandedOut, SharedQueue } from './shared-queue.ts';
import type { SimProcess } from './sim-process.ts';

const CONCURRENCY = 3;

/** The queue as one process sees it, across the network. */
export class SimDeliveryQueue implements DeliveryQueue {
  readonly #process: SimProcess;
  readonly #shared: SharedQueue;
  readonly #inHand = new Set<Promise<void>>();
  readonly #heldUntilMs = new Map<string, number>();
  #services: ReadonlyMap<string, EndpointService> = new Map();
  #isClosed = false;

  constructor(process: SimProcess, shared: SharedQueue) {
    this.#process = process;
    this.#shared = shared;
  }

  async add(jobs: readonly DeliveryJob[]): Promise<void> {
    for (const job of jobs) assertSoundJob(job);
    await this.#ask('add jobs', () => this.#shared.add(jobs));
  }

  work(handlers: DeliveryHandlers): void {
    for (let worker = 0; worker < CONCURRENCY; worker += 1) void this.#work(handlers);
  }

  serve(endpoints: ReadonlyMap<string, EndpointService>): void {
    this.#services = endpoints;
  }

  hold(endpoint: string, ms: number): void {
    this.#process.world.tally.add('endpoint held');
    this.#heldUntilMs.set(endpoint, this.#process.world.scheduler.nowMs + ms);
    this.#shared.wake(ms);
  }

  pending(endpoints: readonly string[]): Promise<Map<string, number>> {
    return this.#ask(
      'pending',
      () => new Map(endpoints.map((endpoint) => [endpoint, this.#shared.pending(endpoint)])),
    );
  }

  standing(...asked: Parameters<DeliveryQueue['standing']>): Promise<DeliveryStanding> {
    return this.#ask('standing', () => this.#shared.standing(...asked));
  }

  /** Nobody unsubscribes in this world. */
  async drop(): Promise<void> {}

  notes(): Promise<Map<string, string>> {
    return this.#ask('notes', () => this.#shared.notes());
  }

  storeNote(...note: Parameters<DeliveryQueue['storeNote']>): Promise<boolean> {
    return this.#ask('store note', () => this.#shared.storeNote(...note));
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

  async #work(handlers: DeliveryHandlers): Promise<void> {
    while (!this.#isClosed) {
      try {
        const handedOut = await this.#ask('pull', () =>
          this.#shared.pull({
            isDead: () => this.#process.isDead,
            serviceOf: (endpoint) => this.#serviceOf(endpoint),
          }),
        );
        // A closed worker leaves the job to its lock.
        if (this.#isClosed) return;
        const delivery = this.#deliver(handedOut, handlers);
        this.#inHand.add(delivery);
        await delivery.finally(() => this.#inHand.delete(delivery));
      } catch {
        await this.#process.sleep(50);
      }
    }
  }

  #serviceOf(endpoint: string): EndpointService | null {
    const isHeld = (this.#heldUntilMs.get(endpoint) ?? 0) > this.#process.world.scheduler.nowMs;
    return isHeld ? null : (this.#services.get(endpoint) ?? null);
  }

  async #deliver(handedOut: HandedOut, handlers: DeliveryHandlers): Promise<void> {
    const { job, attempt, addedAtMs } = handedOut;
    const outcome = await handlers.deliver(job, attempt);
    if (outcome.kind !== 'delivered' && this.#shared.isLast(handedOut, outcome)) {
      this.#process.world.tally.add('delivery given up');
      await handlers.givenUp(job, { reason: outcome.reason, attempts: attempt, addedAtMs });
    }
    await this.#ask('finish', () => this.#shared.finish(handedOut, outcome));
  }

  #ask<T>(what: string, execute: () => T | Promise<T>): Promise<T> {
    return this.#process.call('queue', what, execute);
  }
}
