import { TOPICS, TRACE_HEADER, traceIdOf } from '@strata/contracts';
import type { DeliveryJob, DeliveryOutcome } from '@strata/pipeline';
import type { CircuitBreaker } from '../circuit-breaker.ts';
import type { CrashHook } from '../crash-point.ts';
import type { EndpointHealth } from '../endpoint-health.ts';
import type { EndpointPace } from '../endpoint-pace.ts';
import type { NotifierMetrics } from '../metrics.ts';
import type { NotifierPorts, NotifierSettings } from '../ports.ts';
import type { SubscriptionSource } from '../subscription.ts';
import type { WebhookPoster } from './post-webhook.ts';

/** How soon a delivery to an endpoint that is paused or disabled is looked at again. */
const HELD_AGAIN_MS = 5_000;

/** One try of one job: signs with the time of the try, posts, and says what became of it. */
export class DeliverWebhook {
  readonly #ports: Pick<NotifierPorts, 'clock' | 'logger' | 'queue'>;
  readonly #metrics: NotifierMetrics;
  readonly #poster: Pick<WebhookPoster, 'post'>;
  readonly #at: CrashHook | undefined;
  readonly #subscriptions: SubscriptionSource;
  readonly #breaker: CircuitBreaker;
  readonly #health: EndpointHealth;
  readonly #pace: EndpointPace;
  readonly #counts = { delivered: 0, retried: 0, rejected: 0 };

  constructor(options: {
    ports: Pick<NotifierPorts, 'clock' | 'logger' | 'queue'>;
    settings: Pick<NotifierSettings, 'subscriptions' | 'at'>;
    metrics: NotifierMetrics;
    poster: Pick<WebhookPoster, 'post'>;
    breaker: CircuitBreaker;
    health: EndpointHealth;
    pace: EndpointPace;
  }) {
    this.#ports = options.ports;
    this.#metrics = options.metrics;
    this.#poster = options.poster;
    this.#at = options.settings.at;
    this.#subscriptions = options.settings.subscriptions;
    this.#breaker = options.breaker;
    this.#health = options.health;
    this.#pace = options.pace;
  }

  async run(job: DeliveryJob, attempt: number): Promise<DeliveryOutcome> {
    const startedAtMs = this.#ports.clock.nowMs();
    const outcome = await this.#post(job, startedAtMs);
    await this.#at?.('after-post');
    const labels = { endpoint: job.endpoint };
    this.#metrics.deliverySeconds.observe(
      labels,
      Math.max(0, this.#ports.clock.nowMs() - startedAtMs) / 1000,
    );
    const reason = outcome.kind === 'delivered' ? '' : outcome.reason;
    this.#metrics.deliveries.inc({ ...labels, outcome: outcome.kind, reason });
    this.#note(job, attempt, outcome);
    await this.#watch(job, outcome);
    return outcome;
  }

  /** Since this process started. */
  counts(): Readonly<Record<'delivered' | 'retried' | 'rejected', number>> {
    return this.#counts;
  }

  async #post(job: DeliveryJob, sentAtMs: number): Promise<DeliveryOutcome> {
    const subscription = this.#subscriptions.current().get(job.endpoint);
    if (subscription === undefined) return { kind: 'rejected', reason: 'unsubscribed' };
    if (subscription.standing !== 'active') {
      return { kind: 'retry', reason: subscription.standing, afterMs: HELD_AGAIN_MS };
    }
    const signed = subscription.sign({ id: job.eventId, sentAtMs, body: job.body });
    return this.#poster.post({
      url: subscription.url,
      headers: {
        ...signed,
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Strata-Webhooks/1',
        ...(job.replayId === null ? {} : { 'strata-replay': job.replayId }),
        ...(job.traceparent === undefined ? {} : { [TRACE_HEADER]: job.traceparent }),
      },
      body: job.body,
    });
  }

  /** What the outcome says of the endpoint. A 4xx for good says something of the delivery only. */
  async #watch({ endpoint }: DeliveryJob, outcome: DeliveryOutcome): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    try {
      if (outcome.kind === 'delivered') {
        this.#breaker.taken(endpoint);
        this.#pace.taken(endpoint, nowMs);
        await this.#health.taken(endpoint);
      } else if (outcome.kind === 'retry') {
        const holdMs = this.#breaker.failed(endpoint, nowMs, outcome.afterMs);
        if (holdMs !== null) this.#ports.queue.hold(endpoint, holdMs);
        await this.#health.failed(endpoint, nowMs);
      }
    } catch (error) {
      // The delivery is what it is; what is not noted of its endpoint is noted by the next one.
      const reason = error instanceof Error ? error.message : String(error);
      this.#ports.logger.warn({ endpoint, reason }, 'The health of an endpoint was not noted');
    }
  }

  #note(job: DeliveryJob, attempt: number, outcome: DeliveryOutcome): void {
    const { logger } = this.#ports;
    const fields = placeOf(job, attempt);
    switch (outcome.kind) {
      case 'delivered':
        this.#counts.delivered += 1;
        logger.debug(fields, 'A webhook was taken');
        return;
      case 'retry':
        this.#counts.retried += 1;
        logger.warn(
          { ...fields, reason: outcome.reason },
          'A webhook was not accepted and will be tried again',
        );
        return;
      case 'rejected':
        this.#counts.rejected += 1;
        logger.error(
          { ...fields, reason: outcome.reason },
          'A webhook was refused for good; mend the endpoint or its subscription',
        );
    }
  }
}

/** Where a delivery comes from: the record of the topic, and the trace of what brought it about. */
function placeOf({ endpoint, eventId, origin, traceparent }: DeliveryJob, attempt: number) {
  return {
    endpoint,
    eventId,
    attempt,
    ...(origin === null ? {} : { topic: TOPICS.tierChanges, ...origin }),
    ...(traceparent === undefined ? {} : { traceId: traceIdOf(traceparent) }),
  };
}
