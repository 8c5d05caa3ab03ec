import { TOPICS } from '@strata/contracts';
import type { EndpointService } from '@strata/pipeline';
import type { HealthReport } from '@strata/service-runtime';
import { CircuitBreaker } from './circuit-breaker.ts';
import { EndpointHealth } from './endpoint-health.ts';
import { EndpointPace } from './endpoint-pace.ts';
import { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import { BacklogFeeder } from './feed-backlogs.ts';
import { GiveUp } from './give-up.ts';
import { LetterBox } from './letter-box.ts';
import { notifierMetrics } from './metrics.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import { PositionWatch } from './position-watch.ts';
import { RegularRun } from './regular-run.ts';
import { Replays } from './replays.ts';
import { DeliverWebhook } from './steps/deliver-webhook.ts';
import { WebhookPoster } from './steps/post-webhook.ts';
import type { SubscriptionSource } from './subscription.ts';
import { type EndpointReport, Upkeep } from './upkeep.ts';
import { Watermarks } from './watermarks.ts';

/**
 * Positions live in the queue's store; what is committed to the broker shows lag to its tools, and is where the reader
 * begins when that store was lost.
 */
const COMMIT_INTERVAL_MS = 5_000;
const POSITION_CHECK_MS = 5_000;
const FEED_MS = 1_000;
const UPKEEP_MS = 5_000;

export interface RunningNotifier {
  report(): HealthReport;
  endpoints(): ReadonlyMap<string, EndpointReport>;
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
  const { subscriptions, groupId, topic } = settings;
  const letters = new LetterBox(ports.writer, ports.undeliveredSerde, () =>
    ports.log.partitionCount(TOPICS.undelivered),
  );
  const health = new EndpointHealth(ports.queue);
  const pace = new EndpointPace();
  const breaker = new CircuitBreaker(settings.breaker);
  const deliver = new DeliverWebhook({ ports, settings, metrics, poster, breaker, health, pace });
  const giveUp = new GiveUp({ ports: { ...ports, letters }, subscriptions, metrics });
  const enqueuer = new TierChangeEnqueuer({ ports, settings, metrics });
  const feeder = new BacklogFeeder(ports, settings, enqueuer);
  const replays = new Replays({ ...ports, letters }, settings, enqueuer);
  const watermarks = new Watermarks(ports, settings, enqueuer);
  const upkeep = new Upkeep({ ports, settings, enqueuer, watermarks, health, pace, metrics });

  const feeding = new RegularRun(ports, {
    everyMs: settings.feedMs ?? FEED_MS,
    what: 'feeding backlogs and replays',
    run: async () => {
      const isFed = await feeder.feed();
      return (await replays.run()) || isFed;
    },
  });
  const keeping = new RegularRun(ports, {
    everyMs: settings.upkeepMs ?? UPKEEP_MS,
    what: 'the upkeep of the endpoints',
    run: () => upkeep.run(),
  });
  const everyMs = settings.positionCheckMs ?? POSITION_CHECK_MS;
  const watch = new PositionWatch(ports, enqueuer, { topic, everyMs });

  const endServing = serveSubscribers(ports, subscriptions, () => feeding.now());
  ports.queue.work({
    deliver: (job, attempt) => deliver.run(job, attempt),
    givenUp: (job, how) => giveUp.run(job, how),
  });
  await ports.group.start(
    { groupId, topics: [topic], commitIntervalMs: COMMIT_INTERVAL_MS },
    enqueuer,
  );
  for (const regular of [watch, feeding, keeping]) regular.start();
  return {
    endpoints: () => upkeep.reports(),
    report: () => ({
      isLive: true,
      reasons: enqueuer.reasons(),
      details: {
        subscriptions: subscriptions.current().size,
        lagRecords: enqueuer.lagRecords(),
        ...deliver.counts(),
      },
    }),
    stop: async () => {
      endServing();
      watch.stop();
      await ports.group.stop();
      await Promise.all([feeding.stop(), keeping.stop()]);
      await ports.queue.close();
      await letters.close();
      poster.close();
    },
  };
}

/** Has the queue serve whoever is subscribed and active, now and after every change. */
function serveSubscribers(
  { queue, logger }: Pick<NotifierPorts, 'queue' | 'logger'>,
  subscriptions: SubscriptionSource,
  changed: () => void,
): () => void {
  let before = new Set<string>();
  const serve = (): void => {
    const current = [...subscriptions.current().values()];
    const active = current.filter(({ standing }) => standing === 'active');
    queue.serve(
      new Map(
        active.map(({ id, concurrency, perSecond, deliver }): [string, EndpointService] => [
          id,
          { concurrency, perSecond, deliver },
        ]),
      ),
    );
    const now = new Set(current.map(({ id }) => id));
    for (const gone of before.difference(now)) {
      queue.drop(gone).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ endpoint: gone, reason }, 'Deliveries of a removed subscription are left');
      });
    }
    before = now;
  };
  serve();
  return subscriptions.onChange(() => {
    serve();
    changed();
  });
}
