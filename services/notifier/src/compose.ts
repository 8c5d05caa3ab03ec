import { readFile } from 'node:fs/promises';
import { TOPICS } from '@strata/contracts';
import { BullDeliveryQueue } from '@strata/jobs';
import {
  KafkaGroupReader,
  KafkaLogReader,
  KafkaLogWriter,
  KafkaPositionKeeper,
} from '@strata/kafka';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
} from '@strata/schema-registry';
import {
  crashHook,
  type RunningService,
  type ServiceContext,
  systemAlarm,
  systemClock,
} from '@strata/service-runtime';
import type { z } from 'zod';
import type { notifierConfig } from './config.ts';
import { FixedSubscriptions } from './fixed-subscriptions.ts';
import { NotifierFault } from './notifier-fault.ts';
import { startNotifier } from './start-notifier.ts';
import type { Subscription } from './subscription.ts';
import { parseSubscriptions } from './subscriptions.ts';

const HOUR_MS = 3_600_000;

type NotifierConfig = Readonly<z.output<typeof notifierConfig.object>>;

/** The real adapters, put together. */
export async function compose(context: ServiceContext<NotifierConfig>): Promise<RunningService> {
  const { config, logger, metrics, lifecycle } = context;
  const at = crashHook(config, process);
  const subscriptions = await readSubscriptions(config);
  if (subscriptions.length === 0) logger.warn({}, 'There is no subscription: nothing is delivered');
  const kafka = { brokers: config.STRATA_KAFKA_BROKERS, clientId: 'strata-notifier' };
  const source = new ConfluentSchemaRegistry({ url: config.STRATA_REGISTRY_URL });
  const schemas = readSchemaFolder().filter(({ topic }) =>
    [TOPICS.tierChanges, TOPICS.undelivered].some((known) => known === topic),
  );
  const serdes = await openTopicSerdes({ source, schemas, clock: systemClock });
  const log = new KafkaLogReader(kafka, { logger });
  lifecycle.started('log reader', () => log.close());
  const keeper = new KafkaPositionKeeper(kafka, { logger });
  lifecycle.started('position keeper', () => keeper.close());
  const queue = await BullDeliveryQueue.connect({
    url: config.STRATA_QUEUE_REDIS_URL,
    lockMs: config.STRATA_NOTIFIER_LOST_AFTER_MS,
    stalledCheckMs: config.STRATA_NOTIFIER_LOST_AFTER_MS,
    logger,
  });
  const notifier = await startNotifier(
    {
      group: new KafkaGroupReader(kafka, {
        logger,
        sessionTimeoutMs: config.STRATA_NOTIFIER_SESSION_TIMEOUT_MS,
      }),
      log,
      queue,
      keeper,
      writer: new KafkaLogWriter(kafka, { logger }),
      serde: serdes(TOPICS.tierChanges),
      undeliveredSerde: serdes(TOPICS.undelivered),
      clock: systemClock,
      alarm: systemAlarm,
      logger,
      metrics,
      onFatal: lifecycle.fatal,
    },
    {
      groupId: config.STRATA_NOTIFIER_GROUP_ID,
      topic: TOPICS.tierChanges,
      subscriptions: new FixedSubscriptions(subscriptions),
      pendingMax: config.STRATA_NOTIFIER_PENDING_MAX,
      disableAfterMs: config.STRATA_NOTIFIER_DISABLE_AFTER_HOURS * HOUR_MS,
      deliveryTimeoutMs: config.STRATA_NOTIFIER_DELIVERY_TIMEOUT_MS,
      arePrivateAddressesAllowed: config.STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES,
      at,
    },
  );
  lifecycle.started('notifier', () => notifier.stop());
  return notifier;
}

async function readSubscriptions(config: NotifierConfig): Promise<readonly Subscription[]> {
  const place = config.STRATA_NOTIFIER_SUBSCRIPTIONS;
  if (place === undefined) return [];
  let text: string;
  try {
    text = await readFile(place, 'utf8');
  } catch (cause) {
    throw new NotifierFault(
      'STRATA_NOTIFIER_SUBSCRIPTIONS',
      `The subscriptions file ${place} cannot be read. Check STRATA_NOTIFIER_SUBSCRIPTIONS.`,
      { cause },
    );
  }
  const isHttpAllowed = config.STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES;
  return parseSubscriptions(text, { place, isHttpAllowed });
}
