import { formatRfc3339 } from '@strata/contracts';
import type { DeliveryOutcome, Logger, WallClock } from '@strata/pipeline';
import {
  type AskBody,
  askSubscription,
  type TestOutcome,
  type WriterPorts,
} from '@strata/subscriptions';
import type { WebhookPoster } from './steps/post-webhook.ts';
import type { Subscription } from './subscription.ts';
import type { TopicSubscriptions } from './topic-subscriptions.ts';

/** Nobody waits for the outcome of an older one. Wide, because the clocks of broker and notifier may differ. */
const FRESH_MS = 300_000;
const ACTOR = 'notifier';

interface Ports extends WriterPorts {
  readonly poster: Pick<WebhookPoster, 'post'>;
  readonly clock: WallClock;
  readonly logger: Logger;
}

/**
 * Sends the test webhooks that somebody asked for, once each, and writes what became of it. A test goes past the
 * queue: it is one try that somebody waits for, and it has to reach an endpoint that is paused or disabled, too. Of
 * several notifiers that see it, the one whose `test-taken` comes first sends it.
 */
export class DeliverTests {
  readonly #ports: Ports;
  readonly #source: TopicSubscriptions;
  readonly #seen = new Set<string>();
  readonly #end: () => void;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(ports: Ports, source: TopicSubscriptions) {
    this.#ports = ports;
    this.#source = source;
    this.#end = source.onChange(() => this.#look());
    this.#look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#end();
    await this.#running;
  }

  #look(): void {
    for (const { subscription: id, test } of this.#source.waitingTests()) {
      const subscription = this.#source.current().get(id);
      const isFresh = this.#ports.clock.nowMs() - test.askedAtMs <= FRESH_MS;
      if (subscription === undefined || !isFresh || this.#seen.has(test.id)) continue;
      this.#seen.add(test.id);
      this.#running = this.#running.then(() => this.#run(subscription, test.id));
    }
  }

  async #run(subscription: Subscription, test: string): Promise<void> {
    if (this.#isStopped) return;
    const { id } = subscription;
    try {
      const taken = await this.#write(id, { kind: 'test-taken', test });
      if (taken.isVoid) return;
      const result = await this.#send(subscription, test);
      await this.#write(id, { kind: 'test-ended', result });
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      this.#ports.logger.warn(
        { subscription: id, error: sentence },
        'A test webhook could not be sent, or its outcome not be written; ask for it again',
      );
    }
  }

  async #send(subscription: Subscription, test: string): Promise<TestOutcome> {
    const { clock, poster } = this.#ports;
    const startedAtMs = clock.nowMs();
    const eventId = `test.${test}`;
    const body = testBody({ id: eventId, subscription: subscription.id, atMs: startedAtMs });
    const signed = subscription.sign({ id: eventId, sentAtMs: startedAtMs, body });
    const outcome: DeliveryOutcome = await poster.post({
      url: subscription.url,
      headers: {
        ...signed,
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Strata-Webhooks/1',
      },
      body,
    });
    return {
      test,
      outcome: outcome.kind,
      outcomeReason: 'reason' in outcome ? outcome.reason : null,
      tookMs: Math.max(0, clock.nowMs() - startedAtMs),
    };
  }

  #write(id: string, body: AskBody) {
    return askSubscription(this.#ports, { id, actor: ACTOR, reason: null }, body);
  }
}

/** Shaped as every webhook of ours; nothing of a customer is in it. */
function testBody({ id, subscription, atMs }: { id: string; subscription: string; atMs: number }) {
  return JSON.stringify({
    type: 'strata.test',
    timestamp: formatRfc3339(atMs),
    data: { id, subscription },
  });
}
