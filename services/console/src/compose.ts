import { randomUUID } from 'node:crypto';
import { identity, TOPICS } from '@strata/contracts';
import { KafkaGroupReader, KafkaLogReader, KafkaLogWriter } from '@strata/kafka';
import { sendInTurn } from '@strata/pipeline';
import { RedisStateStore } from '@strata/redis';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
} from '@strata/schema-registry';
import {
  keyedPseudonyms,
  type RunningService,
  type ServiceContext,
  seal,
  systemClock,
} from '@strata/service-runtime';
import type { z } from 'zod';
import type { consoleConfig } from './config.ts';
import { BOARD_TOPICS } from './live/tier-board.ts';
import { startConsole } from './start-console.ts';

type ConsoleConfig = Readonly<z.output<typeof consoleConfig.object>>;

/** The real adapters, put together. */
export async function compose(context: ServiceContext<ConsoleConfig>): Promise<RunningService> {
  const { config, logger, metrics, lifecycle } = context;
  const kafka = { brokers: config.STRATA_KAFKA_BROKERS, clientId: 'strata-console' };
  const source = new ConfluentSchemaRegistry({ url: config.STRATA_REGISTRY_URL });
  const read: readonly string[] = [...BOARD_TOPICS, TOPICS.subscriptions];
  const schemas = readSchemaFolder().filter(({ topic }) => read.includes(topic));
  const serdes = await openTopicSerdes({ source, schemas, clock: systemClock });
  const log = new KafkaLogReader(kafka, { logger });
  lifecycle.started('log reader', () => log.close());
  const writer = sendInTurn(new KafkaLogWriter(kafka));
  lifecycle.started('log writer', () => writer.close());
  const sealingKey = config.STRATA_SEALING_KEY;
  const store = await RedisStateStore.connect({ url: config.STRATA_STATE_REDIS_URL, logger });
  lifecycle.started('state store', () => store.close());
  const pseudonymKey = config.STRATA_CONSOLE_PSEUDONYM_KEY;
  const running = await startConsole(
    {
      group: new KafkaGroupReader(kafka, { logger }),
      log,
      store,
      serdes,
      subscriptions: {
        reader: log,
        writer,
        serde: serdes(TOPICS.subscriptions),
        seal: sealingKey === undefined ? null : (bytes) => seal(sealingKey, bytes),
        arePrivateAddressesAllowed: config.STRATA_CONSOLE_ALLOW_PRIVATE_ADDRESSES,
      },
      clock: systemClock,
      logger,
      metrics,
      onFatal: lifecycle.fatal,
    },
    {
      host: config.STRATA_CONSOLE_HOST,
      port: config.STRATA_CONSOLE_PORT,
      apiKeysFile: config.STRATA_CONSOLE_API_KEYS ?? null,
      identity: identity({
        pseudonyms: pseudonymKey === undefined ? null : keyedPseudonyms(pseudonymKey),
      }),
      streams: { streamsMax: config.STRATA_CONSOLE_STREAMS_MAX },
      groupId: `strata-console-${randomUUID()}`,
      groups: {
        ingestor: config.STRATA_CONSOLE_INGESTOR_GROUP_ID,
        scorer: config.STRATA_CONSOLE_SCORER_GROUP_ID,
        notifier: config.STRATA_CONSOLE_NOTIFIER_GROUP_ID,
      },
    },
  );
  lifecycle.started('console', () => running.stop());
  logger.info({ page: running.url }, 'The page is open');
  return running;
}
