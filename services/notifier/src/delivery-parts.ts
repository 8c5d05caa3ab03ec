import { TOPICS } from '@strata/contracts';
import { ReadingPlaces } from '@strata/pipeline';
import { CircuitBreaker } from './circuit-breaker.ts';
import { EndpointHealth } from './endpoint-health.ts';
import { EndpointPace } from './endpoint-pace.ts';
import { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import { BacklogFeeder } from './feed-backlogs.ts';
import { GiveUp } from './give-up.ts';
import { LetterBox } from './letter-box.ts';
import { notifierMetrics } from './metrics.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';
import { Replays } from './replays.ts';
import { DeliverWebhook } from './steps/deliver-webhook.ts';
import { WebhookPoster } from './steps/post-webhook.ts';
import { Upkeep } from './upkeep.ts';
import { Watermarks } from './watermarks.ts';

/** What the notifier is made of, by the way of a tier change: enqueued, delivered or given up, fed and told again. */
export function deliveryParts(ports: NotifierPorts, settings: NotifierSettings) {
  const places = new ReadingPlaces();
  const lags = () => places.lags(ports.clock.nowMs());
  const metrics = notifierMetrics(ports.metrics, () => upkeep.figures(), lags);
  const poster =
    ports.poster ??
    new WebhookPoster({
      timeoutMs: settings.deliveryTimeoutMs,
      isPrivateAllowed: settings.arePrivateAddressesAllowed,
      nowMs: () => ports.clock.nowMs(),
    });
  const letters = new LetterBox(ports.writer, ports.undeliveredSerde, () =>
    ports.log.partitionCount(TOPICS.undelivered),
  );
  const health = new EndpointHealth(ports.queue);
  const pace = new EndpointPace();
  const breaker = new CircuitBreaker(settings.breaker);
  const { subscriptions } = settings;
  const enqueuer = new TierChangeEnqueuer({ ports, settings, metrics, places });
  const watermarks = new Watermarks(ports, settings, enqueuer);
  const upkeep: Upkeep = new Upkeep({
    ports,
    settings,
    enqueuer,
    watermarks,
    health,
    pace,
    metrics,
  });
  return {
    enqueuer,
    deliver: new DeliverWebhook({ ports, settings, metrics, poster, breaker, health, pace }),
    giveUp: new GiveUp({ ports: { ...ports, letters }, subscriptions, metrics }),
    feeder: new BacklogFeeder(ports, settings, enqueuer),
    replays: new Replays({ ...ports, letters }, settings, enqueuer),
    upkeep,
    poster,
  };
}
