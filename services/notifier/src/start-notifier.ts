import type { HealthReport } from '@strata/service-runtime';
import { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import { notifierMetrics } from './metrics.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import { PositionWatch } from './position-watch.ts';
import { DeliverWebhook } from './steps/deliver-webhook.ts';
import { WebhookPoster } from './steps/post-webhook.ts';

/**
 * Positions live in the queue's store; what is committed to the broker only shows lag to its tools.
 */
const COMMIT_INTERVAL_MS = 5_000;
const POSITION_CHECK_MS = 5_000;

export interface RunningNotifier {
  report(): HealthReport;
  /** Finishes the batch and the deliveries in hand. */
  stop(): Promise<void>;
}

/**
 * Tier changes in, signed webhooks out: reads, drops repeats, matches subscriptions, queues,
 * delivers.
 */
export async function startNotifier(
  ports: NotifierPorts,
  settings: NotifierSettings,
): Promise<RunningNotifier> {
  const metrics = notifierMetrics(ports.metrics, ports.queue);
  const poster =
    ports.poster ??
    new WebhookPoster({
      timeoutMs: settings.deliveryTimeoutMs,
      isPrivateAllowed: settings.arePrivateAddressesAllowed,
      nowMs: () => ports.clock.nowMs(),
    });
  const deliver = new DeliverWebhook({ ports, settings, metrics, poster });
  const enqueuer = new TierChangeEnqueuer({ ports, settings, metrics });
  ports.queue.work((job, attempt) => deliver.run(job, attempt));
  const { groupId, topic, positionCheckMs: everyMs = POSITION_CHECK_MS } = settings;
  const watch = new PositionWatch(ports, enqueuer, { topic, everyMs });
  await ports.group.start(
    { groupId, topics: [topic], commitIntervalMs: COMMIT_INTERVAL_MS },
    enqueuer,
  );
  watch.start();
  return {
    report: () => ({
      isLive: true,
      reasons: enqueuer.reasons(),
      details: {
        subscriptions: settings.subscriptions.current().size,
        lagRecords: enqueuer.lagRecords(),
        ...deliver.counts(),
      },
    }),
    stop: async () => {
      watch.stop();
      await ports.group.stop();
      await ports.queue.close();
      poster.close();
    },
  };
}
