import { TOPICS } from '@strata/contracts';
import { BullDeliveryQueue } from '@strata/jobs';
import {
  KafkaGroupReader,
  KafkaLogReader,
  KafkaLogWriter,
  KafkaPositionKeeper,
} from '@strata/kafka';
import { sendInTurn } from '@strata/pipeline';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
} from '@strata/schema-registry';
import {
  crashHook,
  type HealthReport,
  lookRegularly,
  type RunningService,
  type ServiceContext,
  systemAlarm,
  systemClock,
  unseal,
} from '@strata/service-runtime';
import type { z } from 'zod';
import { BREAKER } from './circuit-breaker.ts';
import type { notifierConfig } from './config.ts';
import { type OpenSubscriptions, openSubscriptions } from './open-subscriptions.ts';
import type { NotifierSettings } from './ports.ts';
import { startNotifier } from './start-notifier.ts';

const SECOND_MS = 1_000;
/** How often the topic is asked where it ends. */
const LOOK_MS = 5_000;
const HOUR_MS = 3_600_000;

type NotifierConfig = Readonly<z.output<typeof notifierConfig.object>>;

/** The real adapters, put together. */
export async function compose(context: ServiceContext<NotifierConfig>): Promise<RunningService> {
  const { config, logger, metrics, meter, lifecycle } = context;
  const kafka = { brokers: config.STRATA_KAFKA_BROKERS, clientId: 'strata-notifier' };
  const source = new ConfluentSchemaRegistry({ url: config.STRATA_REGISTRY_URL });
  const topics: readonly string[] = [TOPICS.tierChanges, TOPICS.subscriptions, TOPICS.undelivered];
  const schemas = readSchemaFolder().filter(({ topic }) => topics.includes(topic));
  const serdes = await openTopicSerdes({ source, schemas, clock: systemClock });
  const log = meter.metered('kafka', new KafkaLogReader(kafka, { logger }));
  lifecycle.started('log reader', () => log.close());
  const keeper = meter.metered('kafka', new KafkaPositionKeeper(kafka, { logger }));
  lifecycle.started('position keeper', () => keeper.close());
  const writer = sendInTurn(meter.metered('kafka', new KafkaLogWriter(kafka)));
  lifecycle.started('log writer', () => writer.close());
  const subscriptions = await openSubscriptions(
    {
      reader: log,
      writer,
      serde: serdes(TOPICS.subscriptions),
      unseal: (sealed) => unseal(config.STRATA_SEALING_KEY, sealed),
      clock: systemClock,
      alarm: systemAlarm,
      logger,
    },
    {
      file: config.STRATA_NOTIFIER_SUBSCRIPTIONS ?? null,
      deliveryTimeoutMs: config.STRATA_NOTIFIER_DELIVERY_TIMEOUT_MS,
      arePrivateAddressesAllowed: config.STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES,
    },
  );
  lifecycle.started('subscriptions', () => subscriptions.close());
  const bull = await BullDeliveryQueue.connect({
    url: config.STRATA_QUEUE_REDIS_URL,
    ladderMs: config.STRATA_NOTIFIER_RETRY_LADDER_SECONDS.map((seconds) => seconds * SECOND_MS),
    lockMs: config.STRATA_NOTIFIER_LOST_AFTER_MS,
    stalledCheckMs: config.STRATA_NOTIFIER_LOST_AFTER_MS,
    logger,
  });
  const queue = meter.metered('queue-redis', bull);
  const notifier = await startNotifier(
    {
      group: new KafkaGroupReader(kafka, {
        logger,
        sessionTimeoutMs: config.STRATA_NOTIFIER_SESSION_TIMEOUT_MS,
      }),
      log,
      queue,
      keeper,
      writer,
      serde: serdes(TOPICS.tierChanges),
      undeliveredSerde: serdes(TOPICS.undelivered),
      clock: systemClock,
      alarm: systemAlarm,
      logger,
      metrics,
      onFatal: lifecycle.fatal,
    },
    { ...settingsOf(config), subscriptions: subscriptions.source, at: crashHook(config, process) },
  );
  lifecycle.started('notifier', () => notifier.stop());
  const looks = lookRegularly({
    everyMs: LOOK_MS,
    look: () => notifier.lookAtTopic(),
    // What is not known is absent from the metrics; the meter has counted the failure.
    onFailed: (error) =>
      logger.debug({ error: String(error) }, 'The topic did not say where it ends'),
  });
  lifecycle.started('looks at the topic', () => looks.stop());
  return { report: () => joined(notifier.report(), subscriptions) };
}

function settingsOf(config: NotifierConfig): Omit<NotifierSettings, 'subscriptions' | 'at'> {
  return {
    groupId: config.STRATA_NOTIFIER_GROUP_ID,
    topic: TOPICS.tierChanges,
    breaker: {
      ...BREAKER,
      failures: config.STRATA_NOTIFIER_BREAKER_FAILURES,
      holdMsMax: config.STRATA_NOTIFIER_BREAKER_HOLD_SECONDS * SECOND_MS,
    },
    pendingMax: config.STRATA_NOTIFIER_PENDING_MAX,
    disableAfterMs: config.STRATA_NOTIFIER_DISABLE_AFTER_HOURS * HOUR_MS,
    deliveryTimeoutMs: config.STRATA_NOTIFIER_DELIVERY_TIMEOUT_MS,
    arePrivateAddressesAllowed: config.STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES,
  };
}

function joined(own: HealthReport, subscriptions: OpenSubscriptions): HealthReport {
  const { reasons, details } = subscriptions.report();
  return {
    ...own,
    reasons: [...own.reasons, ...reasons],
    details: { ...own.details, ...details },
  };
}
