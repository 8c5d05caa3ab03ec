import {
  ensureTopics,
  KafkaGroupReader,
  type KafkaGroupReaderOptions,
  KafkaLogReader,
  KafkaLogWriter,
  type KafkaSettings,
} from '@strata/kafka';
import type { TopicPartition } from '@strata/pipeline';
import type { RecordLogHarness } from '@strata/testing/contracts';
import kafkajs from 'kafkajs';
import { vi } from 'vitest';
import { backends } from '../backends.ts';

let names = 0;

/** A name no other test of this or an earlier run has used. */
export function freshName(kind: string): string {
  names += 1;
  return `strata.test-${kind}-${process.pid}-${Date.now()}-${names}`;
}

export async function kafkaSettings(): Promise<KafkaSettings> {
  const { brokers } = await backends();
  return { brokers, clientId: 'strata-test' };
}

export const LOG_APPEND_TIME = { 'message.timestamp.type': 'LogAppendTime' } as const;

/** A client as others use it, for what our ports rightly cannot do. */
export function foreignClient({ brokers }: KafkaSettings): kafkajs.Kafka {
  const logLevel = kafkajs.logLevel.NOTHING;
  return new kafkajs.Kafka({ brokers: [...brokers], clientId: 'strata-test-foreign', logLevel });
}

/** Small limits: a second member is noticed within a fraction of a second. */
export function quickGroupReader(
  settings: KafkaSettings,
  more: KafkaGroupReaderOptions = {},
): KafkaGroupReader {
  const limits = { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 100, fetchWaitMs: 100 };
  return new KafkaGroupReader(settings, { ...limits, ...more });
}

export async function openKafkaLog(): Promise<RecordLogHarness> {
  return openKafkaLogAt(await kafkaSettings());
}

/** The same over any broker, for suites that bring their own. */
export async function openKafkaLogAt(settings: KafkaSettings): Promise<RecordLogHarness> {
  const [reader, writer] = [new KafkaLogReader(settings), new KafkaLogWriter(settings)];
  const client = foreignClient(settings);
  const admin = client.admin();
  await admin.connect();
  return {
    reader,
    writer,
    newGroupReader: () => quickGroupReader(settings),
    createTopic: async (partitions) => {
      const name = freshName('topic');
      await ensureTopics(settings, [{ name, partitions, config: LOG_APPEND_TIME }]);
      return name;
    },
    newGroupId: () => freshName('group'),
    appendGap: async (at) => {
      const end = async () => (await reader.bounds(at.topic))[at.partition]?.end ?? 0;
      const before = await end();
      await abortTransaction(client, at);
      // The broker writes the marker after it has answered; until then readers stop before the gap.
      await vi.waitUntil(async () => (await end()) >= before + 2, { timeout: 20_000 });
    },
    cutBefore: async ({ topic, partition }, offset) => {
      const partitions = [{ partition, offset: String(offset) }];
      // Makes the admin client look the topic up: deleting does not.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions });
    },
    close: async () => {
      await Promise.all([reader.close(), writer.close(), admin.disconnect()]);
    },
  };
}

/** An aborted record and its marker: two offsets that no reader of committed records ever sees. */
async function abortTransaction(client: kafkajs.Kafka, at: TopicPartition): Promise<void> {
  const producer = client.producer({
    transactionalId: freshName('transaction'),
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  const messages = [{ partition: at.partition, value: 'aborted' }];
  await transaction.send({ topic: at.topic, messages });
  await transaction.abort();
  await producer.disconnect();
}
