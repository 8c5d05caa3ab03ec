import {
  assert,
  assertSoundJob,
  DELIVERY_LADDER_MS,
  type DeliveryCounts,
  type DeliveryHandlers,
  type DeliveryJob,
  type DeliveryPosition,
  type DeliveryQueue,
  type DeliveryStanding,
  type EndpointService,
  type Logger,
  type NoteCondition,
  type PositionCondition,
  silentLogger,
} from '@strata/pipeline';
import type { Redis } from 'ioredis';
import { BullEndpoint, NOTHING_LEFT } from './bull-endpoint.ts';
import { deliveriesAbout } from './deliveries-about.ts';
import {
  closeConnection,
  during,
  openQueueConnection,
  openWorkerConnection,
  repliesOf,
} from './delivery-connection.ts';
import {
  askOldest,
  defineScripts,
  membersOf,
  noteOrder,
  oldestOf,
  storeField,
} from './delivery-scripts.ts';

export interface BullDeliveryQueueSettings {
  /** Redis of the queue; better not the one of the state, since both are single-threaded. */
  readonly url: string;
  readonly name?: string;
  readonly keyPrefix?: string;
  /** Wait before each attempt; its length is the number of attempts. */
  readonly ladderMs?: readonly number[];
  /** A worker that has not renewed its hold on a job for so long is taken for dead. Well above the HTTP timeout. */
  readonly lockMs?: number;
  /** How often jobs of dead workers are looked for. */
  readonly stalledCheckMs?: number;
  readonly random?: () => number;
  readonly logger?: Logger;
}

/** Jobs per MULTI: each is all or nothing, and none holds Redis up for long. */
const ADD_CHUNK_JOBS = 500;
const SERVE_AGAIN_MS = 1_000;
const NO_COUNTS: DeliveryCounts = { waiting: 0, delayed: 0, active: 0, delivered: 0, failed: 0 };

/**
 * Webhook deliveries on BullMQ, a queue for each endpoint. At least once: a worker that dies while it delivers, or
 * before it has noted that it did, has its job delivered again by another. An id is ignored while its job is known, in
 * whatever state.
 */
export class BullDeliveryQueue implements DeliveryQueue {
  readonly #settings: BullDeliveryQueueSettings;
  readonly #logger: Logger;
  readonly #ladderMs: readonly number[];
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #name: string;
  readonly #endpoints = new Map<string, BullEndpoint>();
  readonly #opening = new Map<string, Promise<BullEndpoint>>();
  #servingAgain: NodeJS.Timeout | undefined;
  #services: ReadonlyMap<string, EndpointService> = new Map();
  #working: { readonly handlers: DeliveryHandlers; readonly redis: Redis } | null = null;

  private constructor(settings: BullDeliveryQueueSettings, redis: Redis) {
    this.#settings = settings;
    this.#logger = settings.logger ?? silentLogger;
    this.#ladderMs = settings.ladderMs ?? DELIVERY_LADDER_MS;
    assert(this.#ladderMs.length > 0, 'the retry ladder has at least one attempt');
    this.#prefix = settings.keyPrefix ?? 'strata';
    this.#name = settings.name ?? 'deliveries';
    this.#redis = defineScripts(redis);
  }

  /** Fails where Redis cannot be reached: BullMQ by itself would wait without an end and without a word. */
  static async connect(settings: BullDeliveryQueueSettings): Promise<BullDeliveryQueue> {
    const redis = await openQueueConnection(settings.url, settings.logger ?? silentLogger);
    return new BullDeliveryQueue(settings, redis);
  }

  async add(jobs: readonly DeliveryJob[]): Promise<void> {
    for (const job of jobs) assertSoundJob(job);
    const [firstWaitMs = 0] = this.#ladderMs;
    for (const [name, theirs] of Map.groupBy(jobs, ({ endpoint }) => endpoint)) {
      const endpoint = await this.#endpoint(name);
      for (let at = 0; at < theirs.length; at += ADD_CHUNK_JOBS) {
        const chunk = await this.#unknown(endpoint, theirs.slice(at, at + ADD_CHUNK_JOBS));
        if (chunk.length === 0) continue;
        await during('adding deliveries', async () => {
          const noting = this.#redis.pipeline();
          noteOrder(noting, endpoint.keys, chunk);
          await repliesOf(noting);
          await endpoint.queue.addBulk(
            chunk.map(({ id, ...data }) => {
              return { name: 'delivery', data, opts: { jobId: id, delay: firstWaitMs } };
            }),
          );
        });
      }
    }
  }

  work(handlers: DeliveryHandlers): void {
    assert(this.#working === null, 'work is called once');
    const redis = defineScripts(openWorkerConnection(this.#settings.url, this.#logger));
    this.#working = { handlers, redis };
    this.serve(this.#services);
  }

  serve(services: ReadonlyMap<string, EndpointService>): void {
    this.#services = services;
    if (this.#working === null) return;
    const { redis, handlers } = this.#working;
    for (const [name, endpoint] of this.#endpoints) {
      if (!services.has(name)) endpoint.serve(null, redis, handlers);
    }
    for (const [name, service] of services) {
      this.#endpoint(name)
        .then((endpoint) => endpoint.serve(services.get(name) ?? service, redis, handlers))
        .catch((error: Error) => {
          // Its Redis was away: nobody else would come back to it.
          this.#warn(error);
          this.#serveAgain();
        });
    }
  }

  #serveAgain(): void {
    clearTimeout(this.#servingAgain);
    this.#servingAgain = setTimeout(() => this.serve(this.#services), SERVE_AGAIN_MS);
  }

  hold(endpoint: string, ms: number): void {
    this.#endpoints.get(endpoint)?.hold(ms);
  }

  async counts(endpoint?: string): Promise<DeliveryCounts> {
    const names = endpoint === undefined ? await this.#names() : [endpoint];
    let sum = NO_COUNTS;
    for (const name of names) {
      const { queue } = await this.#endpoint(name);
      const counts = await during('counting deliveries', () =>
        queue.getJobCounts('waiting', 'delayed', 'active', 'completed', 'failed'),
      );
      sum = {
        waiting: sum.waiting + (counts['waiting'] ?? 0),
        delayed: sum.delayed + (counts['delayed'] ?? 0),
        active: sum.active + (counts['active'] ?? 0),
        delivered: sum.delivered + (counts['completed'] ?? 0),
        failed: sum.failed + (counts['failed'] ?? 0),
      };
    }
    return sum;
  }

  async pending(names: readonly string[]): Promise<Map<string, number>> {
    const counting = this.#redis.pipeline();
    for (const name of names) counting.zcard((await this.#endpoint(name)).keys.order);
    const replies = await during('counting deliveries', () => repliesOf(counting));
    return new Map(names.map((name, index) => [name, Number(replies[index])]));
  }

  async standing(partition: number, names: readonly string[]): Promise<DeliveryStanding> {
    const asking = this.#redis.multi();
    asking.hget(this.#positionsKey, `${partition}`).hgetall(this.#notesKey);
    for (const name of names) askOldest(asking, (await this.#endpoint(name)).keys, partition);
    const replies = await during('asking how far a partition is', () => repliesOf(asking));
    const [position, notes, ...oldest] = replies as [string | null, Record<string, string>];
    const found = names.flatMap((name, index): [string, number][] => {
      const offset = oldestOf(oldest[index]);
      return offset === null ? [] : [[name, offset]];
    });
    return {
      position: position === null ? null : (JSON.parse(position) as DeliveryPosition),
      notes: new Map(Object.entries(notes)),
      oldest: new Map(found),
    };
  }

  async drop(name: string): Promise<void> {
    const endpoint = await this.#endpoint(name);
    this.#endpoints.delete(name);
    await during('dropping the deliveries of an endpoint', async () => {
      await endpoint.close(this.#working?.redis ?? null);
      const again = await this.#endpoint(name);
      await again.queue.obliterate({ force: true });
      await this.#redis.del(again.keys.order, again.keys.origins);
      await this.#redis.srem(this.#namesKey, name);
      await again.queue.close();
      this.#endpoints.delete(name);
    });
  }

  async countAbout(subject: string): Promise<number> {
    let count = 0;
    for await (const jobs of this.#about(subject)) count += jobs.length;
    return count;
  }

  /** A job that a worker holds cannot be removed: what its retry, and whoever looks at it later, finds is empty. */
  async removeAbout(subject: string): Promise<number> {
    let count = 0;
    for await (const jobs of this.#about(subject)) {
      for (const job of jobs) {
        await during('removing deliveries', () => this.#remove(job));
        count += 1;
      }
    }
    return count;
  }

  async position(partition: number): Promise<DeliveryPosition | null> {
    const stored = await during('reading the position', () =>
      this.#redis.hget(this.#positionsKey, `${partition}`),
    );
    return stored === null ? null : (JSON.parse(stored) as DeliveryPosition);
  }

  /** One field of one hash, so offset, epoch and seq are never of different moments. */
  async storePosition(
    partition: number,
    position: DeliveryPosition,
    condition?: PositionCondition,
  ): Promise<boolean> {
    const field = `${partition}`;
    const value = positionText(position);
    const jobKeys = await this.#keysOf(condition?.lastJobs ?? []);
    return during('storing the position', async () => {
      if (condition === undefined) {
        await this.#redis.hset(this.#positionsKey, field, value);
        return true;
      }
      const before = condition.before === null ? null : positionText(condition.before);
      const beside = { hash: this.#notesKey, holds: condition.notes };
      const change = { field, value, before, jobKeys, beside };
      return storeField(this.#redis, this.#positionsKey, change);
    });
  }

  async notes(): Promise<Map<string, string>> {
    const notes = await during('reading the notes', () => this.#redis.hgetall(this.#notesKey));
    return new Map(Object.entries(notes));
  }

  async storeNote(field: string, value: string | null, condition: NoteCondition): Promise<boolean> {
    const { before, lastJobs = [], at } = condition;
    const jobKeys = await this.#keysOf(lastJobs);
    const holds = new Map(
      at === undefined ? [] : [[`${at.partition}`, positionText(at.position)] as const],
    );
    const beside = { hash: this.#positionsKey, holds };
    return during('storing a note', () =>
      storeField(this.#redis, this.#notesKey, { field, value, before, jobKeys, beside }),
    );
  }

  /** Finishes the deliveries in hand; where Redis is lost their ends cannot be noted, and they are made again. */
  async close(): Promise<void> {
    const redis = this.#working?.redis ?? null;
    this.#working = null;
    clearTimeout(this.#servingAgain);
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.close(redis)));
    if (redis !== null) await closeConnection(redis);
    await closeConnection(this.#redis);
  }

  get #positionsKey(): string {
    return `${this.#prefix}:${this.#name}-positions`;
  }

  get #notesKey(): string {
    return `${this.#prefix}:${this.#name}-notes`;
  }

  /** Endpoints that ever had a job: so that whoever serves none of them can still count and erase. */
  get #namesKey(): string {
    return `${this.#prefix}:${this.#name}-endpoints`;
  }

  async #names(): Promise<string[]> {
    return during('looking for the endpoints', () => this.#redis.smembers(this.#namesKey));
  }

  #endpoint(name: string): Promise<BullEndpoint> {
    const known = this.#endpoints.get(name);
    if (known !== undefined) return Promise.resolve(known);
    const opening = this.#opening.get(name) ?? this.#open(name);
    this.#opening.set(name, opening);
    return opening.finally(() => this.#opening.delete(name));
  }

  /**
   * BullMQ keeps a first contact that failed half-way for good, so nobody gets the queue of an endpoint before that
   * contact is over.
   */
  async #open(name: string): Promise<BullEndpoint> {
    return during('adding an endpoint', async () => {
      await this.#redis.sadd(this.#namesKey, name);
      const endpoint = new BullEndpoint(this.#redis, {
        queueName: `${this.#name}-${name}`,
        keyPrefix: this.#prefix,
        ladderMs: this.#ladderMs,
        lockMs: this.#settings.lockMs ?? 30_000,
        stalledCheckMs: this.#settings.stalledCheckMs ?? 30_000,
        random: this.#settings.random ?? Math.random,
        logger: this.#logger,
      });
      await endpoint.queue.waitUntilReady();
      this.#endpoints.set(name, endpoint);
      return endpoint;
    });
  }

  async #keysOf(jobs: readonly Pick<DeliveryJob, 'id' | 'endpoint'>[]): Promise<string[]> {
    const keys: string[] = [];
    for (const { endpoint, id } of jobs) {
      keys.push(`${(await this.#endpoint(endpoint)).keys.jobs}${id}`);
    }
    return keys;
  }

  /** A job that is known keeps the place in the order that it has, or has left. */
  async #unknown(endpoint: BullEndpoint, jobs: readonly DeliveryJob[]): Promise<DeliveryJob[]> {
    const asking = this.#redis.pipeline();
    for (const { id } of jobs) asking.exists(`${endpoint.keys.jobs}${id}`);
    const replies = await during('adding deliveries', () => repliesOf(asking));
    return jobs.filter((_job, index) => replies[index] === 0);
  }

  async #remove(job: DeliveryJob): Promise<void> {
    const { queue, keys } = await this.#endpoint(job.endpoint);
    const members = membersOf(job);
    await this.#redis.zrem(keys.order, members.order);
    await this.#redis.zrem(keys.origins, members.origin);
    if ((await queue.remove(job.id)) === 1) return;
    const held = await queue.getJob(job.id);
    await held?.updateData(NOTHING_LEFT);
    // It may have ended in between.
    await queue.remove(job.id);
  }

  /** The jobs about a subject, over all that the queues know. */
  async *#about(subject: string): AsyncGenerator<readonly DeliveryJob[]> {
    for (const name of await this.#names()) {
      const { keys } = await this.#endpoint(name);
      yield* deliveriesAbout(this.#redis, keys.jobs, subject);
    }
  }

  #warn(error: Error): void {
    this.#logger.warn({ reason: error.message }, 'The delivery queue is in trouble');
  }
}

/** Compared as text by the script, so it is written in one way only. */
function positionText({ offset, epoch, seq }: DeliveryPosition): string {
  return JSON.stringify({ offset, epoch, seq });
}
