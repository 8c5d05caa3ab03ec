/**
 * The peer of the ingestor, a process of its own: plain kafkajs that copies every record from one
 * topic to another, `eachBatch` and an idempotent producer, at least once. It looks at nothing that
 * it copies, so nothing on kafkajs can be faster and as safe.
 */
import kafkajs, { type Message } from 'kafkajs';

const [brokers = '', groupId = '', from = '', to = ''] = process.argv.slice(2);
/** kafkajs copies the list of a partition once for each record: longer lists are slower. */
const CHUNK_RECORDS = 500;

process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';
process.removeAllListeners('warning');
const kafka = new kafkajs.Kafka({
  clientId: 'bench-plain',
  brokers: brokers.split(','),
  logLevel: kafkajs.logLevel.ERROR,
});
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
const consumer = kafka.consumer({
  groupId,
  maxWaitTimeInMs: 250,
  maxBytesPerPartition: 1_048_576,
  maxBytes: 10_485_760,
});
await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: [from], fromBeginning: true });
await consumer.run({
  eachBatchAutoResolve: false,
  autoCommitInterval: 500,
  partitionsConsumedConcurrently: 64,
  eachBatch: async (payload) => {
    const { partition, messages } = payload.batch;
    for (let start = 0; start < messages.length; start += CHUNK_RECORDS) {
      const chunk = messages.slice(start, start + CHUNK_RECORDS);
      const copies = chunk.map(({ key, value }): Message => ({ partition, key, value }));
      await producer.send({ topic: to, messages: copies, acks: -1 });
      payload.resolveOffset(chunk.at(-1)?.offset ?? payload.batch.lastOffset());
      await payload.heartbeat();
      await payload.commitOffsetsIfNecessary();
    }
  },
});
