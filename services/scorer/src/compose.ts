import { TOPICS } from '@strata/contracts';
import { fold, initialPartition } from '@strata/domain';
import { KafkaGroupReader, KafkaLogReader, KafkaLogWriter, verifyTopics } from '@strata/kafka';
import { RedisStateStore } from '@strata/redis';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
} from '@strata/schema-registry';
import {
  crashHook,
  keyedMarker,
  lookRegularly,
  type RunningService,
  type ServiceContext,
  seal,
  systemAlarm,
  systemClock,
} from '@strata/service-runtime';
import { type ScorerConfig, settingsOf } from './config.ts';
import { createScorerMetrics } from './metrics.ts';
import { startScorer } from './start-scorer.ts';

const TOPICS_USED: readonly string[] = [
  TOPICS.customerLog,
  TOPICS.tierChanges,
  TOPICS.tiers,
  TOPICS.deadLetters,
  TOPICS.policies,
];

/** How often the log is asked where it ends, and the store whether it answers. */
const LOOK_MS = 5_000;

/** Adapters -> ports -> topology, for a process of its own. */
export async function composeScorer(
  context: ServiceContext<ScorerConfig>,
): Promise<RunningService> {
  const { config, logger, metrics, meter, lifecycle } = context;
  const at = crashHook(config, process);
  const kafka = { clientId: 'strata-scorer', brokers: config.STRATA_KAFKA_BROKERS };
  const serde = await openTopicSerdes({
    source: new ConfluentSchemaRegistry({ url: config.STRATA_REGISTRY_URL }),
    schemas: readSchemaFolder().filter(({ topic }) => TOPICS_USED.includes(topic)),
    clock: systemClock,
  });
  const redis = await RedisStateStore.connect({ url: config.STRATA_STATE_REDIS_URL });
  const store = meter.metered('state-redis', redis);
  lifecycle.started('state store', () => store.close());
  const reader = meter.metered('kafka', new KafkaLogReader(kafka, { logger }));
  lifecycle.started('log reader', () => reader.close());
  // The broker's append time is the clock of the log: with any other, a host with a wrong clock could demote people.
  const partitions = await reader.partitionCount(TOPICS.customerLog);
  const stamped = { 'message.timestamp.type': 'LogAppendTime' };
  await verifyTopics(kafka, [{ name: TOPICS.customerLog, partitions, config: stamped }], {
    logger,
  });
  const outputWriter = meter.metered('kafka', new KafkaLogWriter(kafka, { logger }));
  lifecycle.started('output writer', () => outputWriter.close());
  const customerLogWriter = meter.metered('kafka', new KafkaLogWriter(kafka, { logger }));
  lifecycle.started('customer log writer', () => customerLogWriter.close());
  const scorer = await startScorer(
    {
      group: new KafkaGroupReader(kafka, {
        logger,
        sessionTimeoutMs: config.STRATA_SCORER_SESSION_TIMEOUT_MS,
      }),
      reader,
      outputWriter,
      customerLogWriter,
      store,
      notes: store,
      serde,
      seal: (bytes) => seal(config.STRATA_SEALING_KEY, bytes),
      markerOf: keyedMarker(config.STRATA_SEALING_KEY),
      clock: systemClock,
      alarm: systemAlarm,
      logger,
      metrics: createScorerMetrics(metrics),
      fold,
      initialPartition,
      onFatal: lifecycle.fatal,
    },
    { ...settingsOf(config), at },
  );
  lifecycle.started('scorer', () => scorer.stop());
  const looks = [
    () => scorer.lookAtLog(),
    // Who owns nothing asks nothing of the store: here it is known whether it could.
    async () => void (await store.holder(0)),
  ].map((look) =>
    lookRegularly({
      everyMs: LOOK_MS,
      look,
      // What is not known is absent from the metrics and a reason of `/readyz`; the meter has counted the failure.
      onFailed: (error) => logger.debug({ error: String(error) }, 'A regular look failed'),
    }),
  );
  lifecycle.started('looks', async () => {
    await Promise.all(looks.map((each) => each.stop()));
  });
  return scorer;
}
