import type { ReadingLag } from '@strata/pipeline';
import type { HealthReport } from '@strata/service-runtime';
import { deliveryParts } from './delivery-parts.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import { PositionWatch } from './position-watch.ts';
import { RegularRun } from './regular-run.ts';
import { serveSubscribers } from './serve-subscribers.ts';
import type { DeliveryFigures, Upkeep } from './upkeep.ts';

/**
 * Positions live in the queue's store; what is committed to the broker shows lag to its tools, and is where the reader
 * begins when that store was lost.
 */
const COMMIT_INTERVAL_MS = 5_000;
const POSITION_CHECK_MS = 5_000;
const FEED_MS = 1_000;
const UPKEEP_MS = 5_000;

/** Nobody has to be told of what passes within a minute. */
const WAITS_MS_MAX = 60_000;

export interface RunningNotifier {
  report(): HealthReport;
  /** Of the endpoints; null where that is not known. */
  figures(): DeliveryFigures | null;
  /** Asks the topic where its partitions end. To be called every few seconds. */
  lookAtTopic(): Promise<void>;
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
  const { subscriptions, groupId, topic } = settings;
  const parts = deliveryParts(ports, settings);
  const { enqueuer, deliver, giveUp, feeder, replays, upkeep } = parts;
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
    figures: () => upkeep.figures(),
    lookAtTopic: () => enqueuer.lookAtTopic(),
    report: () => ({
      isLive: true,
      reasons: [...enqueuer.reasons(), ...lagReasons(enqueuer.lags())],
      details: {
        subscriptions: subscriptions.current().size,
        lagRecords: enqueuer.lagRecords(),
        lags: enqueuer.lags().map(({ partition, lag }) => {
          const seconds = lag === null ? null : lag.ms / 1_000;
          return { partition, logEnd: lag?.end ?? null, records: lag?.records ?? null, seconds };
        }),
        ...deliver.counts(),
        ...deliveryDetails(upkeep),
      },
    }),
    stop: async () => {
      endServing();
      watch.stop();
      await ports.group.stop();
      await Promise.all([feeding.stop(), keeping.stop()]);
      await ports.queue.close();
      parts.poster.close();
    },
  };
}

/** Null where it is not known, which is not the same as none. */
function deliveryDetails(upkeep: Upkeep) {
  const figures = upkeep.figures();
  return {
    jobs: figures?.jobs ?? null,
    endpoints: figures && Object.fromEntries(figures.endpoints),
  };
}

function lagReasons(lags: readonly ReadingLag[]): string[] {
  const late = lags.filter(({ lag }) => lag !== null && lag.ms > WAITS_MS_MAX);
  if (late.length === 0) return [];
  const places = late.map(({ partition }) => partition);
  return [`Tier changes have waited for more than a minute (partitions ${places.join(', ')}).`];
}
