import {
  type DeliveryHandlers,
  type DeliveryJob,
  type DeliveryOutcome,
  type EndpointService,
  type Logger,
  rateWindow,
  retryDelayMs,
} from '@strata/pipeline';
import {
  DelayedError,
  type Job,
  Queue,
  UnrecoverableError,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import type { Redis } from 'ioredis';
import { type EndpointKeys, endTurn, turnOf } from './delivery-scripts.ts';

export type JobBody = Omit<DeliveryJob, 'id'>;

export interface BullEndpointSettings {
  readonly queueName: string;
  readonly keyPrefix: string;
  readonly ladderMs: readonly number[];
  readonly lockMs: number;
  readonly stalledCheckMs: number;
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * How long a finished job stays known, which is how long adding its id again is ignored. Bounded by count, since each
 * keeps its body: more than is ever added before a position is stored.
 */
const KEPT_DELIVERED = { age: 24 * 3_600, count: 1_000 };
const KEPT_FAILED = { age: 14 * 24 * 3_600, count: 200 };
const EVENTS_KEPT = 100;
/**
 * Deaths of workers that a job survives. They say nothing of the job: a delivery that goes wrong throws, and ends no
 * process. So many do not come together by deploys, nor by machines that are too busy to renew their hold.
 */
const STALLS_MAX = 10_000;
/**
 * A job that waits for an older one of its subject is woken by its end. This is for when that was not heard, because the
 * process died between the two: doubled each time, so that those behind one that fails for hours cost nothing.
 */
const WAIT_MS_MIN = 4_000;
const WAIT_MS_MAX = 5 * 60_000;
/** What could not be given up is tried once more after this. */
const GIVE_UP_AGAIN_MS = 10_000;
/** What is left of a job that was in hand when its subject was removed. */
export const NOTHING_LEFT: JobBody = {
  endpoint: '',
  body: '',
  eventId: '',
  subject: '',
  sequence: 0,
  origin: null,
  replayId: null,
};

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
 * The deliveries of one endpoint: a BullMQ queue of its own, and while it is served a worker of its own. So its slots,
 * its rate and its trouble are nobody else's.
 *
 * A `Retry-After` goes through the back-off and not through `moveToDelayed`, which counts no attempt: a receiver that
 * always asks for patience would be tried for ever.
 */
export class BullEndpoint {
  readonly queue: Queue<JobBody>;
  readonly keys: EndpointKeys;
  readonly #settings: BullEndpointSettings;
  readonly #inHand = new Set<Promise<DeliveryOutcome>>();
  #service: EndpointService | null = null;
  #worker: Worker<JobBody> | null = null;
  #closing: Promise<void> = Promise.resolve();
  #holding: NodeJS.Timeout | undefined;
  #heldUntilMs = 0;

  constructor(redis: Redis, settings: BullEndpointSettings) {
    const { queueName, keyPrefix, ladderMs, logger } = settings;
    this.#settings = settings;
    this.queue = new Queue<JobBody>(queueName, {
      connection: redis,
      prefix: keyPrefix,
      streams: { events: { maxLen: EVENTS_KEPT } },
      defaultJobOptions: {
        attempts: ladderMs.length,
        backoff: { type: 'ladder' },
        removeOnComplete: KEPT_DELIVERED,
        removeOnFail: KEPT_FAILED,
        stackTraceLimit: 1,
      },
    });
    this.queue.on('error', (error) => warn(logger, error));
    this.keys = {
      order: `${keyPrefix}:${queueName}-order`,
      origins: `${keyPrefix}:${queueName}-origins`,
      delayed: this.queue.toKey('delayed'),
      jobs: this.queue.toKey(''),
    };
  }

  /** Starts, changes or ends the work on this endpoint. */
  serve(service: EndpointService | null, redis: Redis, handlers: DeliveryHandlers): void {
    const before = this.#service;
    this.#service = service;
    if (service === null) return this.#retire();
    if (this.#worker === null || before?.perSecond !== service.perSecond) {
      this.#retire();
      this.#worker = this.#open(service, redis, handlers);
    }
    this.#worker.concurrency = service.concurrency;
  }

  hold(ms: number): void {
    const worker = this.#worker;
    if (worker === null) return;
    clearTimeout(this.#holding);
    this.#heldUntilMs = Date.now() + ms;
    // Without waiting for what is in hand: nothing new is taken, and that is all.
    void worker.pause(true).catch((error: Error) => warn(this.#settings.logger, error));
    this.#holding = setTimeout(() => {
      if (this.#worker !== worker) return;
      worker.resume().catch((error: Error) => warn(this.#settings.logger, error));
    }, ms);
  }

  /** Finishes what is in hand. A worker would wait for a lost Redis without an end, also when it is closing. */
  async close(redis: Redis | null): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    clearTimeout(this.#holding);
    if (worker !== null && redis !== null) {
      if (redis.status === 'ready') {
        const isLost = Promise.withResolvers<void>();
        redis.once('close', isLost.resolve);
        await Promise.race([worker.close(), isLost.promise]);
      } else {
        await worker.close(true);
      }
    }
    await Promise.allSettled([...this.#inHand, this.#closing]);
    await this.queue.close();
  }

  #retire(): void {
    const worker = this.#worker;
    this.#worker = null;
    clearTimeout(this.#holding);
    if (worker === null) return;
    const closed = worker.close().catch((error: Error) => warn(this.#settings.logger, error));
    this.#closing = Promise.all([this.#closing, closed]).then(() => undefined);
  }

  #open(service: EndpointService, redis: Redis, handlers: DeliveryHandlers): Worker<JobBody> {
    const { queueName, keyPrefix, lockMs, stalledCheckMs, logger } = this.#settings;
    const run = (job: Job<JobBody>, token?: string) =>
      this.#attempt({ job, token: token ?? '', redis, handlers });
    const worker = new Worker<JobBody>(queueName, run, {
      connection: redis,
      prefix: keyPrefix,
      concurrency: service.concurrency,
      ...limiterOf(service),
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
      maxStalledCount: STALLS_MAX,
      settings: {
        backoffStrategy: (attemptsMade, _type, error) => this.#backoffMs(attemptsMade, error) ?? -1,
      },
    });
    worker.on('error', (error) => warn(logger, error));
    worker.on('stalled', (jobId) => {
      logger.warn({ jobId }, 'A worker was lost during a delivery; it is delivered again');
    });
    worker.on('failed', (job, error) => {
      const fields = { jobId: job?.id ?? null, attempt: job?.attemptsMade ?? null };
      logger.info({ ...fields, reason: error.message }, 'A delivery attempt failed');
    });
    return worker;
  }

  async #attempt(taken: {
    readonly job: Job<JobBody>;
    readonly token: string;
    readonly redis: Redis;
    readonly handlers: DeliveryHandlers;
  }): Promise<void> {
    const { job, token, redis, handlers } = taken;
    if (job.data.endpoint === NOTHING_LEFT.endpoint) return;
    // What a worker had asked for before it was paused.
    if (Date.now() < this.#heldUntilMs) return this.#putAside(job, token, this.#heldUntilMs);
    const delivery: DeliveryJob = { ...job.data, id: job.id ?? '' };
    const deliver = this.#service?.deliver ?? 'every';
    const turn = await turnOf(redis, this.keys, { job: delivery, deliver });
    if (turn === 'superseded') return;
    if (turn === 'wait') return this.#wait(job, token, { redis, delivery });
    const attempt = job.attemptsMade + 1;
    const outcome = await this.#deliver(delivery, attempt, handlers);
    if (outcome.kind === 'delivered') return this.#end(redis, delivery);
    if (outcome.kind === 'retry') {
      const fault = new RetryDelivery(outcome.reason, outcome.afterMs);
      if (this.#backoffMs(attempt, fault) !== null) throw fault;
    }
    try {
      const how = { reason: outcome.reason, attempts: attempt, addedAtMs: job.timestamp };
      await handlers.givenUp(delivery, how);
    } catch (error) {
      const { logger } = this.#settings;
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn({ jobId: delivery.id, reason }, 'A delivery could not be given up');
      return this.#putAside(job, token, Date.now() + GIVE_UP_AGAIN_MS);
    }
    await this.#end(redis, delivery);
    throw new UnrecoverableError(outcome.reason);
  }

  async #deliver(
    job: DeliveryJob,
    attempt: number,
    handlers: DeliveryHandlers,
  ): Promise<DeliveryOutcome> {
    const delivery = handlers.deliver(job, attempt).catch(
      (error: unknown): DeliveryOutcome => ({
        kind: 'retry',
        reason: error instanceof Error ? error.message : String(error),
      }),
    );
    this.#inHand.add(delivery);
    return delivery.finally(() => this.#inHand.delete(delivery));
  }

  /** Which is no attempt. */
  async #putAside(job: Job<JobBody>, token: string, untilMs: number): Promise<never> {
    await job.moveToDelayed(untilMs, token);
    throw new DelayedError();
  }

  /** Puts the job aside, and looks once more: what it waits for may have ended in between. */
  async #wait(
    job: Job<JobBody>,
    token: string,
    { redis, delivery }: { readonly redis: Redis; readonly delivery: DeliveryJob },
  ): Promise<never> {
    const timesBefore = Math.max(0, job.attemptsStarted - job.attemptsMade - 1);
    const waitMs = Math.min(WAIT_MS_MIN * 2 ** Math.min(timesBefore, 30), WAIT_MS_MAX);
    await job.moveToDelayed(Date.now() + waitMs, token);
    const deliver = this.#service?.deliver ?? 'every';
    const turn = await turnOf(redis, this.keys, { job: delivery, deliver });
    if (turn !== 'wait') await this.#wake(delivery.id);
    throw new DelayedError();
  }

  async #end(redis: Redis, job: DeliveryJob): Promise<void> {
    const next = await endTurn(redis, this.keys, job);
    if (next !== null) await this.#wake(next);
  }

  /** Whoever is awake already, or gone, needs nothing; who is not heard of here wakes by the clock. */
  async #wake(id: string): Promise<void> {
    try {
      await (await this.queue.getJob(id))?.promote();
    } catch {
      // See above.
    }
  }

  /** Null where the attempts are spent; -1 is how BullMQ is told. */
  #backoffMs(attempt: number, error: Error | undefined): number | null {
    const { ladderMs, random } = this.#settings;
    const afterMs = error instanceof RetryDelivery ? error.afterMs : undefined;
    return retryDelayMs({ ladderMs, attempt, afterMs, random: random() });
  }
}

function limiterOf({ perSecond }: EndpointService): Pick<WorkerOptions, 'limiter'> {
  if (perSecond === null) return {};
  const { max, windowMs } = rateWindow(perSecond);
  return { limiter: { max, duration: windowMs } };
}

function warn(logger: Logger, error: Error): void {
  logger.warn({ reason: error.message }, 'The delivery queue is in trouble');
}
