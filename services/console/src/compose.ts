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
  lookRegularly,
  type RunningService,
  type ServiceContext,
  seal,
  systemClock,
} from '@strata/service-runtime';
import { askServices } from '@strata/stack-figures';
import type { z } from 'zod';
import type { consoleConfig } from './config.ts';
import { BOARD_TOPICS } from './live/tier-board.ts';
import { startConsole } from './start-console.ts';

/** How often topics, services and the state are asked. */
const LOOK_MS = 5_000;

type ConsoleConfig = Readonly<z.output<typeof consoleConfig.object>>;

/** The real adapters, put together. */
export async function compose(context: ServiceContext<ConsoleConfig>): Promise<RunningService> {
  const { config, logger, metrics, meter, lifecycle } = context;
  const kafka = { brokers: config.STRATA_KAFKA_BROKERS, clientId: 'strata-console' };
  const source = new ConfluentSchemaRegistry({ url: config.STRATA_REGISTRY_URL });
  const read: readonly string[] = [...BOARD_TOPICS, TOPICS.deadLetters, TOPICS.subscriptions];
  const schemas = readSchemaFolder().filter(({ topic }) => read.includes(topic));
  const serdes = await openTopicSerdes({ source, schemas, clock: systemClock });
  const log = meter.metered('kafka', new KafkaLogReader(kafka, { logger }));
  lifecycle.started('log reader', () => log.close());
  const writer = sendInTurn(meter.metered('kafka', new KafkaLogWriter(kafka)));
  lifecycle.started('log writer', () => writer.close());
  const sealingKey = config.STRATA_SEALING_KEY;
  const redis = await RedisStateStore.connect({ url: config.STRATA_STATE_REDIS_URL, logger });
  const store = meter.metered('state-redis', redis);
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
      clientReasons: () => meter.reasons(),
      askServices: () => askServices(config.STRATA_CONSOLE_SERVICES),
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
    },
  );
  lifecycle.started('console', () => running.stop());
  lookAgain(context, () => running.look());
  lookAgain(context, async () => void (await store.holder(0)));
  logger.info({ page: running.url }, 'The page is open');
  return running;
}

/** What is not known is absent from the page and the metrics, and the meter has counted why; so a look that fails is hardly told. */
function lookAgain(
  { logger, lifecycle }: Pick<ServiceContext<ConsoleConfig>, 'logger' | 'lifecycle'>,
  look: () => Promise<void>,
): void {
  const looks = lookRegularly({
    everyMs: LOOK_MS,
    look,
    onFailed: (error) => logger.debug({ error: String(error) }, 'A regular look failed'),
  });
  lifecycle.started('regular looks', () => looks.stop());
}
