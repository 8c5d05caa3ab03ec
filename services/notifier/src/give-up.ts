import { formatRfc3339 } from '@strata/contracts';
import type { DeliveryJob, DeliveryQueue, GivenUp, Logger, WallClock } from '@strata/pipeline';
import type { LetterBox } from './letter-box.ts';
import type { NotifierMetrics } from './metrics.ts';
import type { SubscriptionSource } from './subscription.ts';

/** What happens to endpoints, told to who asked to hear of it. `data` holds nothing of a customer. */
export interface OperationalEvent {
  readonly id: string;
  readonly type: 'strata.delivery.given-up' | 'strata.endpoint.disabled';
  readonly atMs: number;
  /** The subscription that it is about. */
  readonly about: string;
  readonly data: Readonly<Record<string, string | number>>;
}

/** Jobs that tell of an event. The endpoint it is about is the last that would hear. */
export function operationalDeliveries(
  event: OperationalEvent,
  subscriptions: SubscriptionSource,
): DeliveryJob[] {
  const { id, type, atMs, about, data } = event;
  const body = JSON.stringify({ type, timestamp: formatRfc3339(atMs), data });
  return [...subscriptions.current().values()]
    .filter(({ isOperational, id: endpoint }) => isOperational && endpoint !== about)
    .map(({ id: endpoint }) => ({
      id: `${id}.${endpoint}`,
      endpoint,
      body,
      eventId: id,
      subject: id,
      sequence: 0,
      origin: null,
      replayId: null,
    }));
}

/** The end of a delivery that was not taken: a letter that keeps its place, and an event for who watches. */
export class GiveUp {
  readonly #ports: {
    readonly queue: DeliveryQueue;
    readonly clock: WallClock;
    readonly logger: Logger;
    readonly letters: LetterBox;
  };
  readonly #subscriptions: SubscriptionSource;
  readonly #metrics: NotifierMetrics;

  constructor(options: {
    ports: { queue: DeliveryQueue; clock: WallClock; logger: Logger; letters: LetterBox };
    subscriptions: SubscriptionSource;
    metrics: NotifierMetrics;
  }) {
    this.#ports = options.ports;
    this.#subscriptions = options.subscriptions;
    this.#metrics = options.metrics;
  }

  async run(job: DeliveryJob, { reason, attempts, addedAtMs }: GivenUp): Promise<void> {
    const { endpoint, eventId, origin } = job;
    const isSubscribed = this.#subscriptions.current().has(endpoint);
    // An operational event tells of trouble; trouble with it is told to nobody, or it would never end.
    if (!isSubscribed || origin === null) return;
    const nowMs = this.#ports.clock.nowMs();
    await this.#ports.letters.write({
      deliveryId: job.id,
      subscription: endpoint,
      eventId,
      partition: origin.partition,
      offset: origin.offset,
      reason,
      attempts,
      queuedAt: addedAtMs,
      givenUpAt: nowMs,
      replayId: job.replayId,
    });
    const event: OperationalEvent = {
      id: `${job.id}.given-up`,
      type: 'strata.delivery.given-up',
      atMs: nowMs,
      about: endpoint,
      data: { subscription: endpoint, eventId, reason, attempts },
    };
    await this.#ports.queue.add(operationalDeliveries(event, this.#subscriptions));
    this.#metrics.givenUp.inc({ endpoint, reason });
    this.#ports.logger.error(
      { endpoint, eventId, attempts, reason },
      'A delivery was given up; mend the endpoint and replay what was given up',
    );
  }
}
