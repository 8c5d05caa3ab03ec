import { randomUUID } from 'node:crypto';
import { KafkaGroupReader, KafkaLogReader } from '@strata/kafka';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
} from '@strata/schema-registry';
import { type RunningService, type ServiceContext, systemClock } from '@strata/service-runtime';
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
  const read: readonly string[] = BOARD_TOPICS;
  const schemas = readSchemaFolder().filter(({ topic }) => read.includes(topic));
  const serdes = await openTopicSerdes({ source, schemas, clock: systemClock });
  const log = new KafkaLogReader(kafka, { logger });
  lifecycle.started('log reader', () => log.close());
  const running = await startConsole(
    {
      group: new KafkaGroupReader(kafka, { logger }),
      log,
      serdes,
      clock: systemClock,
      logger,
      metrics,
      onFatal: lifecycle.fatal,
    },
    {
      host: config.STRATA_CONSOLE_HOST,
      port: config.STRATA_CONSOLE_PORT,
      apiKeysFile: config.STRATA_CONSOLE_API_KEYS ?? null,
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
