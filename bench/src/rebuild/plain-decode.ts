/**
 * The peer of a rebuild, a process of its own: plain kafkajs that reads the customer log and decodes
 * each value by the schema that it names, and does nothing with it. It prints what it measured as JSON: from
 * `warmUpRecords` on until `records`.
 */
import avro from 'avsc';
import kafkajs from 'kafkajs';

const [brokers = '', registryUrl = '', groupId = '', topic = '', ...counts] = process.argv.slice(2);
const [warmUpRecords = 0, records = 0] = counts.map(Number);
/** A zero byte and the schema's id stand before each value. */
const FRAME_BYTES = 5;

process.removeAllListeners('warning');
const types = new Map<number, avro.Type>();
const kafka = new kafkajs.Kafka({
  clientId: 'bench-plain',
  brokers: brokers.split(','),
  logLevel: kafkajs.logLevel.ERROR,
});
const consumer = kafka.consumer({
  groupId,
  maxWaitTimeInMs: 250,
  maxBytesPerPartition: 1_048_576,
  maxBytes: 10_485_760,
});
let done = 0;
let warm: { atMs: number; records: number; cpu: NodeJS.CpuUsage } | null = null;
const ended = Promise.withResolvers<void>();

await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  autoCommitInterval: 500,
  partitionsConsumedConcurrently: 64,
  eachBatch: async ({ batch }) => {
    for (const { value } of batch.messages) {
      if (value === null) continue;
      const id = value.readInt32BE(1);
      const type = types.get(id) ?? (await typeOf(id));
      type.fromBuffer(value.subarray(FRAME_BYTES));
    }
    done += batch.messages.length;
    if (warm === null && done >= warmUpRecords) {
      warm = { atMs: performance.now(), records: done, cpu: process.cpuUsage() };
    }
    if (done >= records) ended.resolve();
  },
});
await ended.promise;
tell();
await consumer.disconnect();

async function typeOf(id: number): Promise<avro.Type> {
  const answer = await fetch(`${registryUrl}/schemas/ids/${id}`);
  const { schema } = (await answer.json()) as { readonly schema: string };
  const type = avro.Type.forSchema(JSON.parse(schema) as avro.Schema);
  types.set(id, type);
  return type;
}

function tell(): void {
  if (warm === null) throw new Error('the log is too short to warm up on');
  const counted = done - warm.records;
  const seconds = (performance.now() - warm.atMs) / 1_000;
  const { user, system } = process.cpuUsage(warm.cpu);
  const measured = { recordsPerSecond: counted / seconds, cpuUs: (user + system) / counted };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}
