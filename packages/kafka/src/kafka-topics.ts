import type { Logger } from '@strata/pipeline';
import { StrataError, silentLogger } from '@strata/pipeline';
import type { Admin } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { KafkaSettings } from './kafka-connection.ts';
import { clientConfig } from './kafka-connection.ts';

/** A topic as a deployment wants it. `config` holds Kafka's own names, such as `cleanup.policy`. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly config?: Readonly<Record<string, string>>;
}

export interface TopicOptions {
  readonly logger?: Logger;
  /** Copies of each partition; 1 fits a cluster of one broker. */
  readonly replicationFactor?: number;
}

/** What a topic must not differ in: another value would change results, not only costs. */
const DECISIVE_CONFIGS = ['message.timestamp.type', 'cleanup.policy'] as const;
const CREATE_TIMEOUT_MS = 30_000;

/** Creates the topics that are missing, then verifies all of them. Answers the names it created. */
export async function ensureTopics(
  settings: KafkaSettings,
  topics: readonly TopicSpec[],
  options: TopicOptions = {},
): Promise<readonly string[]> {
  return withAdmin(settings, options.logger, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) {
      // Answers false where another deployment was faster; what it made is verified like the rest.
      await admin.createTopics({
        waitForLeaders: true,
        timeout: CREATE_TIMEOUT_MS,
        topics: missing.map(({ name, partitions, config }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor: options.replicationFactor ?? 1,
          configEntries: Object.entries(config ?? {}).map(([key, value]) => ({ name: key, value })),
        })),
      });
    }
    await verify(admin, topics);
    return missing.map(({ name }) => name);
  });
}

/**
 * Refuses topics that are missing, have another number of partitions, or another time stamp or cleanup than wanted.
 * Services call it before they read or write anything: a changed count would move customers between shards, and
 * without LogAppendTime a host with a wrong clock could demote people.
 */
export async function verifyTopics(
  settings: KafkaSettings,
  topics: readonly TopicSpec[],
  options: { readonly logger?: Logger } = {},
): Promise<void> {
  await withAdmin(settings, options.logger, async (admin) => verify(admin, topics));
}

/** Settings of topics as the broker has them, by topic and name; of defaults too. */
export async function topicConfigs(
  settings: KafkaSettings,
  topics: readonly string[],
  options: { readonly names: readonly string[]; readonly logger?: Logger },
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  return withAdmin(settings, options.logger, async (admin) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name,
        configNames: [...options.names],
      })),
    });
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
  });
}

async function verify(admin: Admin, topics: readonly TopicSpec[]): Promise<void> {
  if (topics.length === 0) return;
  const existing = new Set(await admin.listTopics());
  for (const { name, partitions } of topics) {
    if (!existing.has(name)) throw mismatch(name, `does not exist`, `${partitions} partitions`);
  }
  const names = topics.map(({ name }) => name);
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: [...DECISIVE_CONFIGS],
    })),
  });
  for (const { name, partitions, config } of topics) {
    const count = metadata.find((one) => one.name === name)?.partitions.length ?? 0;
    if (count !== partitions) {
      throw mismatch(name, `has ${count} partitions`, `${partitions} partitions`);
    }
    const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries;
    for (const key of DECISIVE_CONFIGS) {
      const wanted = config?.[key];
      const actual = entries?.find(({ configName }) => configName === key)?.configValue;
      if (wanted !== undefined && sorted(wanted) !== sorted(actual ?? '')) {
        throw mismatch(name, `has ${key}=${actual}`, `${key}=${wanted}`);
      }
    }
  }
}

/** `compact,delete` and `delete,compact` mean the same. */
function sorted(list: string): string {
  return list.split(',').sort().join(',');
}

function mismatch(topic: string, actual: string, wanted: string): StrataError {
  return new StrataError(
    'STRATA_KAFKA_TOPIC_MISMATCH',
    `Topic ${topic} ${actual}, but ${wanted} is expected. Use the cluster the settings mean, or create the topic as expected; partitions of a live stack never change.`,
    { details: { topic } },
  );
}

async function withAdmin<T>(
  settings: KafkaSettings,
  logger: Logger | undefined,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = new kafkajs.Kafka(clientConfig(settings, logger ?? silentLogger)).admin();
  try {
    await admin.connect();
    return await work(admin);
  } catch (error) {
    if (error instanceof StrataError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StrataError(
      'STRATA_LOG_UNREACHABLE',
      `Could not look after the topics on ${settings.brokers.join(', ')}: ${reason}. Check that the brokers are up and that the settings name them.`,
      { isRetryable: true, cause: error },
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
