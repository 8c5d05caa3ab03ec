import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import {
  KafkaGroupReader,
  KafkaLogReader,
  KafkaLogWriter,
  type KafkaSettings,
  topicConfigs,
  verifyTopics,
} from '@strata/kafka';
import type { Logger } from '@strata/pipeline';
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
  systemClock,
} from '@strata/service-runtime';
import { type IngestorConfig, settingsOf } from './config.ts';
import { type RunningIngestor, startIngestor } from './start-ingestor.ts';

const TOPICS_USED: readonly string[] = [...INTAKE_TOPICS, TOPICS.customerLog, TOPICS.deadLetters];

/** How often the log is asked where it ends. */
const LOG_LOOK_MS = 5_000;
/** A registry that is down is noticed by nobody until a producer comes with a new schema: so somebody asks it. */
const REGISTRY_LOOK_MS = 10_000;

/** Adapters -> ports -> topology, for a process of its own. */
export async function composeIngestor(
  context: ServiceContext<IngestorConfig>,
): Promise<RunningService> {
  const { config, logger, metrics, meter, lifecycle } = context;
  const at = crashHook(config, process);
  const kafka = { clientId: 'strata-ingestor', brokers: config.STRATA_KAFKA_BROKERS };
  const registry = new ConfluentSchemaRegistry({ url: config.STRATA_REGISTRY_URL });
  const source = meter.metered('registry', registry);
  const serde = await openTopicSerdes({
    source,
    schemas: readSchemaFolder().filter(({ topic }) => TOPICS_USED.includes(topic)),
    clock: systemClock,
    untrusted: INTAKE_TOPICS,
  });
  const reader = meter.metered('kafka', new KafkaLogReader(kafka, { logger }));
  lifecycle.started('log reader', () => reader.close());
  // Append time is the clock of the customer log: with any other, a host with a wrong clock could
  // demote people.
  const partitions = await reader.partitionCount(TOPICS.customerLog);
  const stamped = { 'message.timestamp.type': 'LogAppendTime' };
  await verifyTopics(kafka, [{ name: TOPICS.customerLog, partitions, config: stamped }], {
    logger,
  });
  await warnOfCodecs(kafka, logger);
  const writer = meter.metered('kafka', new KafkaLogWriter(kafka, { logger }));
  lifecycle.started('log writer', () => writer.close());
  const settings = settingsOf(config);
  // Of its own: what comes by HTTP does not wait behind what comes by topic.
  const httpWriter =
    settings.http === undefined
      ? null
      : meter.metered('kafka', new KafkaLogWriter(kafka, { logger }));
  if (httpWriter !== null) lifecycle.started('http log writer', () => httpWriter.close());
  const ingestor = await startIngestor(
    {
      group: new KafkaGroupReader(kafka, {
        logger,
        sessionTimeoutMs: config.STRATA_INGESTOR_SESSION_TIMEOUT_MS,
      }),
      reader,
      writer,
      ...(httpWriter === null ? {} : { httpWriter }),
      serde,
      seal: (bytes) => seal(config.STRATA_SEALING_KEY, bytes),
      markerOf: keyedMarker(config.STRATA_SEALING_KEY),
      clock: systemClock,
      metrics,
      logger,
      onFatal: (error) => lifecycle.fatal(error),
    },
    { ...settings, at },
  );
  lifecycle.started('ingestor', () => ingestor.stop());
  lifecycle.started('looks', startLooks(ingestor, source, logger));
  return ingestor;
}

/** What is not known is absent from the metrics, and the meter has counted why; so a look that fails is hardly told. */
function startLooks(
  ingestor: RunningIngestor,
  registry: Pick<ConfluentSchemaRegistry, 'schemaOf'>,
  logger: Logger,
): () => Promise<void> {
  const looks = [
    { everyMs: LOG_LOOK_MS, what: 'log', look: () => ingestor.lookAtLog() },
    // Any id does: that there is none is an answer, too.
    {
      everyMs: REGISTRY_LOOK_MS,
      what: 'registry',
      look: async () => void (await registry.schemaOf(1)),
    },
  ].map(({ everyMs, what, look }) => {
    const onFailed = (error: unknown): void => {
      logger.debug({ what, error: String(error) }, 'A regular look failed');
    };
    return lookRegularly({ everyMs, look, onFailed });
  });
  return async () => {
    await Promise.all(looks.map((each) => each.stop()));
  };
}

/** As the broker keeps batches; any other value leaves it to producers, who know codecs that we do not. */
const READABLE: readonly (string | undefined)[] = ['uncompressed', 'gzip', 'zstd'];

async function warnOfCodecs(kafka: KafkaSettings, logger: Logger): Promise<void> {
  const name = 'compression.type';
  const configs = await topicConfigs(kafka, INTAKE_TOPICS, { names: [name], logger });
  const open = [...configs].filter(([, config]) => !READABLE.includes(config.get(name)));
  if (open.length === 0) return;
  logger.warn(
    { topics: open.map(([topic]) => topic).join(', ') },
    'A producer that compresses by Snappy or LZ4 would end this process: set compression.type=uncompressed on these topics',
  );
}
