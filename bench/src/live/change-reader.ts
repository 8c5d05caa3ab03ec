import type { Backends } from '@strata/local-stack';
import kafkajs from 'kafkajs';

let groups = 0;

/** Short, so that the end of a phase is not waited for; data is answered with at once. */
const WAIT_MS = 100;

/**
 * Reads tier changes as they come, committed records only, from the present end of their topic on; `take` is
 * told of each with the time of this process at which it was here. Resolves once it reads.
 */
export async function readChanges(
  { brokers }: Pick<Backends, 'brokers'>,
  topic: string,
  take: (
    record: { readonly key: Buffer | null; readonly value: Buffer | null },
    atMs: number,
  ) => void,
): Promise<{ close(): Promise<void> }> {
  groups += 1;
  const groupId = `bench-changes-${groups}`;
  const kafka = new kafkajs.Kafka({
    clientId: 'bench',
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(topic);
    const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
    await admin.setOffsets({ groupId, topic, partitions });
  } finally {
    await admin.disconnect();
  }
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: WAIT_MS });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  const reads = Promise.withResolvers<void>();
  consumer.on(consumer.events.FETCH, () => reads.resolve());
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      const atMs = performance.now();
      for (const { key, value } of batch.messages) take({ key, value }, atMs);
    },
  });
  await reads.promise;
  return { close: () => consumer.disconnect() };
}
