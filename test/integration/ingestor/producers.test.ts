import {
  eventToIntakeWire,
  INTAKE_EXAMPLES,
  readIntakeEvent,
  TOPICS,
  type WireRecord,
} from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import { readSchemaFolder } from '@strata/schema-registry';
import avro from 'avsc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasKcat, JavaProducer, publishByKcat } from './foreign-producers.ts';
import { IngestorStack } from './ingestor-stack.ts';

/** The ingestor as it runs in production reads what others publish, with their tools and under their schemas. */

let stack: IngestorStack;

beforeAll(async () => {
  stack = await IngestorStack.start();
  stack.ingestor('wall');
}, 300_000);

afterAll(() => stack?.stop());

/** One event of each type, under a customer of its own. */
function examples(customerId: string): readonly CustomerEvent[] {
  return [...INTAKE_EXAMPLES.values()].map((example) => {
    const read = readIntakeEvent({ ...example, customerId });
    if (read.kind !== 'event') throw new Error('An example is refused.');
    return read.event;
  });
}

const textOf = (customerId: string) =>
  [...INTAKE_EXAMPLES.values()].map((example) => JSON.stringify({ ...example, customerId }));

async function arrivedOf(customerId: string): Promise<readonly CustomerEvent[]> {
  return (await stack.customerLog()).flatMap(({ read }) =>
    read.kind === 'event' && read.event.customerId === customerId ? [read.event] : [],
  );
}

const byId = (events: readonly CustomerEvent[]) =>
  events.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));

/** As the log has them: a linked id says there by itself whose it is. */
const logged = (customerId: string) =>
  byId(
    examples(customerId).map((event) => {
      if (event.type !== 'link') return event;
      const { linkedSource: _, ...rest } = event;
      return rest;
    }),
  );

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const { env, stderr } = process;
const isMissing = !hasKcat();
if (isMissing && !env['CI']) {
  stderr.write('Nothing is published by kcat: it is not installed (apt-get install kcat).\n');
}
// In CI a missing kcat is a failure, told by its start below.
const wanted = test.skipIf(isMissing && !env['CI']);

wanted('reads JSON that kcat publishes, however it was compressed', async () => {
  const { brokers } = stack.backends;
  for (const codec of CODECS) {
    const to = { brokers, topic: TOPICS.events };
    await publishByKcat(to, textOf(`kcat ${codec}`), ['-z', codec, '-H', 'source=kcat']);
  }
  await stack.readToTheEnd();
  for (const codec of CODECS) {
    const customerId = `kcat ${codec}`;
    expect(byId(await arrivedOf(customerId))).toEqual(logged(customerId));
  }
  expect(await stack.letters()).toEqual([]);
});

wanted('a batch that would unpack to a huge one is refused to its producer', async () => {
  const { brokers } = stack.backends;
  const [sound = ''] = textOf('kcat after');
  const bomb = `{"type":"purchase","category":"${'x'.repeat(16_000_000)}"}`;
  const packed = ['-z', 'zstd', '-X', 'message.max.bytes=100000000'];
  const to = { brokers, topic: TOPICS.events };
  await expect(publishByKcat(to, [bomb], packed)).rejects.toThrow(/too large/i);
  await publishByKcat(to, [sound]);
  await stack.readToTheEnd();
  expect(await arrivedOf('kcat after')).toHaveLength(1);
});

test('reads the Avro of Java, published by the console producer of Kafka', async () => {
  const java = await JavaProducer.prepare(stack.folder);
  const customerId = 'java';
  const [schema] = readSchemaFolder().filter(({ topic }) => topic === TOPICS.events);
  const type = avro.Type.forSchema(JSON.parse(schema?.text ?? '') as avro.Schema);
  // Avro's own JSON, in which the branch of a union has its name.
  const lines = examples(customerId).map((event) => type.toString(eventToIntakeWire(event).body));
  await java.publish({ ...stack.backends, topic: TOPICS.events }, lines);
  await stack.readToTheEnd();
  expect(byId(await arrivedOf(customerId))).toEqual(logged(customerId));
});

interface RecordSchema {
  readonly fields: readonly { readonly name: string }[];
}

/** Frames a body under a schema that this producer has registered for the topic. */
async function producer(topic: string, text: string): Promise<(record: WireRecord) => Uint8Array> {
  const id = await stack.registry.register(`${topic}-value`, text);
  const type = avro.Type.forSchema(JSON.parse(text) as avro.Schema);
  return ({ body }) => {
    const header = Buffer.alloc(5);
    header.writeUInt32BE(id, 1);
    return Buffer.concat([header, type.toBuffer(body)]);
  };
}

test('reads an older and a newer producer side by side, and the registry refuses one that breaks', async () => {
  const topic = TOPICS.purchases;
  const [present] = readSchemaFolder().filter((schema) => schema.topic === topic);
  const schema = JSON.parse(present?.text ?? '') as RecordSchema;
  const field = { name: 'store', type: ['null', 'string'], default: null };
  const withFields = (fields: readonly object[]) => JSON.stringify({ ...schema, fields });
  const older = await producer(
    topic,
    withFields(schema.fields.filter(({ name }) => name !== 'channel')),
  );
  const newer = await producer(topic, withFields([field, ...schema.fields]));
  const ours = await producer(topic, present?.text ?? '');

  const customerId = 'evolution';
  const [purchase] = examples(customerId);
  const { name, body } = eventToIntakeWire(purchase as CustomerEvent);
  const values = [older, newer, ours, newer, older].map((framed, index) =>
    framed({ name, body: { ...(body as object), eventId: `e${index}`, store: 'Hongqiao' } }),
  );
  const key = new TextEncoder().encode(customerId);
  await stack.writer.send(
    values.map((value) => ({ topic, partition: 0, key, value, headers: {} })),
  );
  await stack.readToTheEnd();
  const { channel, ...old } = purchase as CustomerEvent;
  expect(await arrivedOf(customerId)).toEqual(
    [old, { ...old, channel }, { ...old, channel }, { ...old, channel }, old].map(
      (event, index) => ({ ...event, eventId: `e${index}` }),
    ),
  );

  const breaking = withFields([{ name: 'store', type: 'string' }, ...schema.fields]);
  await expect(producer(topic, breaking)).rejects.toMatchObject({
    code: 'STRATA_REGISTRY_REFUSED',
  });
  const answer = await stack.registry.compatibility(`${topic}-value`, breaking);
  expect(answer.isCompatible).toBe(false);
});
