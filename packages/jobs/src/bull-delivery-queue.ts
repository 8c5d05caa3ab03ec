import {
  assert,
  assertSoundJob,
  DELIVERY_LADDER_MS,
  type DeliveryCounts,
  type DeliveryJob,
  type DeliveryOutcome,
  type DeliveryPosition,
  type DeliveryQueue,
  type Logger,
  type PositionCondition,
  retryDelayMs,
  silentLogger,
} from '@strata/pipeline';
import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  closeConnection,
  during,
  openQueueConnection,
  openWorkerConnection,
} from './delivery-connection.ts';

export interface BullDeliveryQueueSettings {
  /** Redis of the queue; better not the one of the state, since both are single-threaded. */
  readonly url: string;
  readonly name?: string;
  readonly keyPrefix?: string;
  /** Wait before each attempt; its length is the number of attempts. */
  readonly ladderMs?: readonly number[];
  /** Deliveries in flight at once. */
  readonly concurrency?: number;
  /** A worker that has not renewed its hold on a job for so long is taken for dead. Well above the HTTP timeout. */
  readonly lockMs?: number;
  /** How often jobs of dead workers are looked for. */
  readonly stalledCheckMs?: number;
  readonly random?: () => number;
  readonly logger?: Logger;
}

type JobBody = Omit<DeliveryJob, 'id'>;

/** How long a finished job stays known, which is how long adding its id again is ignored. Bounded by both. */
const KEPT_DELIVERED = { age: 24 * 3_600, count: 10_000 };
const KEPT_FAILED = { age: 14 * 24 * 3_600, count: 10_000 };
const EVENTS_KEPT = 1_000;
/**
 * Deaths of workers that a job survives. They say nothing of the job: a delivery that goes wrong throws, and ends no
 * process. So many do not come together by deploys, nor by machines that are too busy to renew their hold.
 */
const STALLS_MAX = 10_000;
/** Jobs per MULTI: each is all or nothing, and none holds Redis up for long. */
const ADD_CHUNK_JOBS = 500;

/** Of STORE_POSITION; HSET answers 0 or 1. */
const REFUSED = -1;

/**
 * KEYS[1] the positions, KEYS[2] the job that has to be known, if any. ARGV: field, position, position before or ''.
 * Atomic: what is compared is what is replaced. Cost: O(1).
 */
const STORE_POSITION = `
local stored = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if stored == ARGV[2] then return 0 end
if stored ~= ARGV[3] then return ${REFUSED} end
if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 0 then return ${REFUSED} end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])`;
/** Keys in one step of a scan. */
const SCAN_KEYS = 500;
/** What is left of a job that was in hand when its subject was removed. */
const NOTHING_LEFT: JobBody = { endpoint: '', body: '', eventId: '', subject: '' };

/** Fails an attempt and carries what the receiver asked for to the back-off. */
class RetryDelivery extends Error {
  readonly afterMs: number | undefined;

  constructor(reason: string, afterMs: number | undefined) {
    super(reason);
    this.name = 'RetryDelivery';
    this.afterMs = afterMs;
  }
}

/**
 * Webhook deliveries on BullMQ. At least once: a worker that dies while it delivers, or before it has noted that it
 * did, has its job delivered again by another. An id is ignored while its job is known, in whatever state.
 *
 * A `Retry-After` goes through the back-off and not through `moveToDelayed`, which counts no attempt: a receiver that
 * always asks for patience would be tried for ever.
 */
export class BullDeliveryQueue implements DeliveryQueue {
  readonly #settings: BullDeliveryQueueSettings;
  readonly #logger: Logger;
  readonly #ladderMs: readonly number[];
  readonly #redis: Redis;
  readonly #queue: Queue<JobBody>;
  readonly #positionsKey: string;
  readonly #inHand = new Set<Promise<DeliveryOutcome>>();
  #worker: { readonly worker: Worker<JobBody>; readonly redis: Redis } | null = null;

  private constructor(settings: BullDeliveryQueueSettings, redis: Redis) {
    const { name = 'deliveries', keyPrefix = 'strata' } = settings;
    this.#settings = { ...settings, name, keyPrefix };
    this.#logger = settings.logger ?? silentLogger;
    this.#ladderMs = settings.ladderMs ?? DELIVERY_LADDER_MS;
    assert(this.#ladderMs.length > 0, 'the retry ladder has at least one attempt');
    this.#positionsKey = `${keyPrefix}:${name}-positions`;
    this.#redis = redis;
    this.#queue = new Queue<JobBody>(name, {
      connection: this.#redis,
      prefix: keyPrefix,
      streams: { events: { maxLen: EVENTS_KEPT } },
      defaultJobOptions: {
        attempts: this.#ladderMs.length,
        backoff: { type: 'ladder' },
        removeOnComplete: KEPT_DELIVERED,
        removeOnFail: KEPT_FAILED,
        stackTraceLimit: 1,
      },
    });
    this.#queue.on('error', (error) => this.#warn(error));
  }

  /**
   * Fails where Redis cannot be reached: BullMQ by itself would wait without an end and without a word. And it keeps a
   * first contact that failed half-way for good, so nobody gets the queue before that contact is over.
   */
  static async connect(settings: BullDeliveryQueueSettings): Promise<BullDeliveryQueue> {
    const redis = await openQueueConnection(settings.url, settings.logger ?? silentLogger);
    const queue = new BullDeliveryQueue(settings, redis);
    try {
      await during('connecting', () => queue.#queue.waitUntilReady());
    } catch (error) {
      redis.disconnect();
      throw error;
    }
    return queue;
  }

  async add(jobs: readonly DeliveryJob[]): Promise<void> {
    for (const job of jobs) assertSoundJob(job);
    for (let at = 0; at < jobs.length; at += ADD_CHUNK_JOBS) {
      const chunk = jobs.slice(at, at + ADD_CHUNK_JOBS).map(({ id, ...data }) => {
        const [firstWaitMs = 0] = this.#ladderMs;
        return { name: 'delivery', data, opts: { jobId: id, delay: firstWaitMs } };
      });
      await during('adding deliveries', () => this.#queue.addBulk(chunk));
    }
  }

  work(deliver: (job: DeliveryJob, attempt: number) => Promise<DeliveryOutcome>): void {
    assert(this.#worker === null, 'work is called once');
    const { name = '', keyPrefix = '', concurrency = 50, lockMs = 30_000 } = this.#settings;
    const redis = openWorkerConnection(this.#settings.url, this.#logger);
    const worker = new Worker<JobBody>(name, (job) => this.#attempt(job, deliver), {
      connection: redis,
      prefix: keyPrefix,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: this.#settings.stalledCheckMs ?? 30_000,
      maxStalledCount: STALLS_MAX,
      settings: {
        backoffStrategy: (attemptsMade, _type, error) => this.#backoffMs(attemptsMade, error),
      },
    });
    worker.on('error', (error) => this.#warn(error));
    worker.on('stalled', (jobId) => {
      this.#logger.warn({ jobId }, 'A worker was lost during a delivery; it is delivered again');
    });
    worker.on('failed', (job, error) => {
      const fields = { jobId: job?.id ?? null, attempt: job?.attemptsMade ?? null };
      this.#logger.info({ ...fields, reason: error.message }, 'A delivery attempt failed');
    });
    this.#worker = { worker, redis };
  }

  async #attempt(
    job: Job<JobBody>,
    deliver: (job: DeliveryJob, attempt: number) => Promise<DeliveryOutcome>,
  ): Promise<void> {
    if (job.data.endpoint === NOTHING_LEFT.endpoint) return;
    const delivery = deliver({ ...job.data, id: job.id ?? '' }, job.attemptsMade + 1);
    this.#inHand.add(delivery);
    const outcome = await delivery.finally(() => this.#inHand.delete(delivery));
    switch (outcome.kind) {
      case 'delivered':
        return;
      case 'retry':
        throw new RetryDelivery(outcome.reason, outcome.afterMs);
      case 'rejected':
        throw new UnrecoverableError(outcome.reason);
    }
  }

  /** -1 tells BullMQ to give up, as it does by itself when the attempts are spent. */
  #backoffMs(attempt: number, error: Error | undefined): number {
    const afterMs = error instanceof RetryDelivery ? error.afterMs : undefined;
    const random = (this.#settings.random ?? Math.random)();
    return retryDelayMs({ ladderMs: this.#ladderMs, attempt, afterMs, random }) ?? -1;
  }

  async counts(): Promise<DeliveryCounts> {
    const counts = await during('counting deliveries', () =>
      this.#queue.getJobCounts('waiting', 'delayed', 'active', 'completed', 'failed'),
    );
    return {
      waiting: counts['waiting'] ?? 0,
      delayed: counts['delayed'] ?? 0,
      active: counts['active'] ?? 0,
      delivered: counts['completed'] ?? 0,
      failed: counts['failed'] ?? 0,
    };
  }

  async countAbout(subject: string): Promise<number> {
    let count = 0;
    for await (const ids of this.#about(subject)) count += ids.length;
    return count;
  }

  /** A job that a worker holds cannot be removed: what its retry, and whoever looks at it later, finds is empty. */
  async removeAbout(subject: string): Promise<number> {
    let count = 0;
    for await (const ids of this.#about(subject)) {
      for (const id of ids) {
        await during('removing deliveries', () => this.#remove(id));
        count += 1;
      }
    }
    return count;
  }

  async #remove(id: string): Promise<void> {
    if ((await this.#queue.remove(id)) === 1) return;
    const job = await this.#queue.getJob(id);
    await job?.updateData(NOTHING_LEFT);
    // It may have ended in between.
    await this.#queue.remove(id);
  }

  /**
   * Ids of the jobs about a subject, over all that the queue knows: erasing is rare, and an index would have to be kept
   * for every job. A scan of the keys sees every job that is there throughout, however often it moves between lists.
   */
  async *#about(subject: string): AsyncGenerator<readonly string[]> {
    const prefix = this.#queue.toKey('');
    for (let cursor = '0'; ; ) {
      const [next, keys] = await during('looking through the deliveries', () =>
        this.#redis.scan(
          cursor,
          'MATCH',
          `${globLiteral(prefix)}*`,
          'COUNT',
          SCAN_KEYS,
          'TYPE',
          'hash',
        ),
      );
      const found: string[] = [];
      const reading = this.#redis.pipeline();
      for (const key of keys) reading.hget(key, 'data');
      const replies = await during('looking through the deliveries', () => reading.exec());
      for (const [index, key] of keys.entries()) {
        const data = replies?.[index]?.[1];
        if (typeof data !== 'string') continue;
        if ((JSON.parse(data) as Partial<JobBody>).subject === subject)
          found.push(key.slice(prefix.length));
      }
      yield found;
      cursor = next;
      if (cursor === '0') return;
    }
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
    const stored = await during('storing the position', async () => {
      if (condition === undefined) return this.#redis.hset(this.#positionsKey, field, value);
      const { before, lastJobId } = condition;
      const jobKeys = lastJobId === null ? [] : [this.#queue.toKey(lastJobId)];
      const keys = [this.#positionsKey, ...jobKeys];
      const replaced = before === null ? '' : positionText(before);
      return this.#redis.eval(STORE_POSITION, keys.length, ...keys, field, value, replaced);
    });
    return stored !== REFUSED;
  }

  /**
   * Finishes the deliveries in hand. A worker would wait for a lost Redis without an end, also when it is closing; then
   * it is left, and what it delivered last is delivered again, since its end could not be noted.
   */
  async close(): Promise<void> {
    if (this.#worker !== null) {
      const { worker, redis } = this.#worker;
      if (redis.status === 'ready') {
        const isLost = Promise.withResolvers<void>();
        redis.once('close', isLost.resolve);
        await Promise.race([worker.close(), isLost.promise]);
      } else {
        await worker.close(true);
      }
      await Promise.allSettled(this.#inHand);
      await closeConnection(redis);
    }
    await this.#queue.close();
    await closeConnection(this.#redis);
  }

  #warn(error: Error): void {
    this.#logger.warn({ reason: error.message }, 'The delivery queue is in trouble');
  }
}

/** Compared as text by the script, so it is written in one way only. */
function positionText({ offset, epoch, seq }: DeliveryPosition): string {
  return JSON.stringify({ offset, epoch, seq });
}

/** A text as a pattern of Redis that matches nothing else. */
function globLiteral(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, String.raw`\$&`);
}
