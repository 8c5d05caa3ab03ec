import { ensureTopics, KafkaLogReader, KafkaLogWriter, type KafkaSettings } from '@strata/kafka';
import {
  ConfluentSchemaRegistry,
  deploySchemas,
  openTopicSerdes,
  readSchemaHistory,
  registerSchemas,
  type TopicSchema,
} from '@strata/schema-registry';
import avro from 'avsc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backends } from '../backends.ts';

/**
 * Every version that a subject has, and one that it may have next: producers of all of them write into one topic while
 * readers of all of them read it.
 */

const RECORDS = 20;
const clock = { nowMs: () => 0 };
let registry: ConfluentSchemaRegistry;
let kafka: KafkaSettings;
let reader: KafkaLogReader;

beforeAll(async () => {
  const { brokers, registryUrl } = await backends();
  kafka = { brokers, clientId: 'versions-test' };
  registry = new ConfluentSchemaRegistry({ url: registryUrl });
  reader = new KafkaLogReader(kafka);
  await ensureTopics(
    kafka,
    [...HISTORIES.keys()].map((subject) => topicOf(subject)),
  );
}, 300_000);

afterAll(() => reader?.close());

interface RecordSchema {
  readonly fields: readonly AvroField[];
}

interface AvroField {
  readonly name: string;
  readonly type: AvroNode;
  readonly default?: unknown;
}

type AvroNode = string | readonly AvroNode[] | Readonly<Record<string, unknown>>;

/** By record: its versions, oldest first. Those that change are ours already; the door is what others write by. */
const HISTORIES = new Map(
  [...Map.groupBy(readSchemaHistory().flat(), ({ subject }) => subject).values()]
    .filter(([first, second]) => second !== undefined || first?.topic.includes('purchases'))
    .map(
      (versions) => [versions[0]?.name ?? '', [...versions, next(versions)].map(scratch)] as const,
    ),
);

function topicOf(name: string) {
  return { name: `test.versions.${name}.${process.pid}`, partitions: 1 };
}

/** Under a subject of this test: what may come must not come into those of the stack. */
function scratch(version: TopicSchema): TopicSchema {
  return { ...version, subject: `test.versions-${version.subject}` };
}

/** The newest version with a field more, as a change of tomorrow would have it. */
function next(versions: readonly TopicSchema[]): TopicSchema {
  const newest = versions.at(-1) as TopicSchema;
  const schema = JSON.parse(newest.text) as RecordSchema;
  const field = { name: 'tomorrow', type: ['null', 'string'], default: null };
  return { ...newest, text: JSON.stringify({ ...schema, fields: [...schema.fields, field] }) };
}

function typeOf({ text }: TopicSchema): avro.Type {
  return avro.Type.forSchema(JSON.parse(text) as avro.Schema);
}

/** Bodies that the schema allows, from a producer that knows this version alone. */
async function produce(version: TopicSchema, at: { topic: string; nth: number }) {
  const writer = new KafkaLogWriter(kafka);
  const type = typeOf(version);
  const open = await openTopicSerdes({ source: registry, schemas: [version], clock });
  const { name } = version;
  const bodies = Array.from(
    { length: RECORDS },
    () => type.random() as unknown as Record<string, unknown>,
  );
  const records = bodies.map((body) => ({
    topic: at.topic,
    partition: 0,
    key: new TextEncoder().encode(String(at.nth)),
    value: open(version.topic).encode({ name, body }),
    headers: {},
  }));
  // One at a time, so that the versions lie between each other.
  for (const record of records) await writer.send([record]);
  await writer.close();
  return bodies;
}

/** What a reader that knows this version alone makes of everything, by who wrote it. */
async function consume(version: TopicSchema, at: { topic: string; count: number }) {
  const open = await openTopicSerdes({
    source: registry,
    schemas: [version],
    clock,
    untrusted: [version.topic],
  });
  const serde = open(version.topic);
  const read = new Map<string, Record<string, unknown>[]>();
  let offset = 0;
  while (offset < at.count) {
    for await (const batch of reader.read({ topic: at.topic, partition: 0, offset })) {
      await serde.prepare(batch.map(({ value }) => value));
      for (const { key, value } of batch) {
        const writtenBy = new TextDecoder().decode(key ?? new Uint8Array());
        const { body } = serde.decode(value ?? new Uint8Array());
        read.set(writtenBy, [...(read.get(writtenBy) ?? []), body as Record<string, unknown>]);
      }
      offset += batch.length;
    }
  }
  return read;
}

/** What is left of a value for who knows the fields of `node` alone, with defaults for what was not written. */
function knownTo(node: AvroNode, value: unknown, named: Map<string, AvroNode>): unknown {
  if (typeof node === 'string')
    return named.has(node) ? knownTo(named.get(node) ?? '', value, named) : value;
  if (isUnion(node)) {
    const branch = node.find((one) => typeof one === 'object' || named.has(one));
    return branch === undefined || value === null ? value : knownTo(branch, value, named);
  }
  const { type, name, fields, items, values } = node as {
    type: AvroNode;
    name?: string;
    fields?: readonly AvroField[];
    items?: AvroNode;
    values?: AvroNode;
  };
  if (type === 'array') {
    return Array.isArray(value) ? value.map((one) => knownTo(items ?? '', one, named)) : value;
  }
  if (type === 'map') return mapped(value, (one) => knownTo(values ?? '', one, named));
  if (fields === undefined) return typeof type === 'string' ? value : knownTo(type, value, named);
  if (name !== undefined) named.set(name, node);
  const body = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.name in body ? knownTo(field.type, body[field.name], named) : field.default,
    ]),
  );
}

function mapped(value: unknown, change: (one: unknown) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(value as object).map(([name, one]) => [name, change(one)]),
  );
}

function isUnion(node: AvroNode): node is readonly AvroNode[] {
  return Array.isArray(node);
}

/** Maps and records of a decoder are not plain. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test.each([...HISTORIES])(
  '%s: every version reads every version, all at once',
  async (name, versions) => {
    await deploySchemas(
      registry,
      versions.map((version) => [version]),
    );
    const topic = topicOf(name).name;
    const count = versions.length * RECORDS;
    const [written, read] = await Promise.all([
      Promise.all(versions.map((version, nth) => produce(version, { topic, nth }))),
      Promise.all(versions.map((version) => consume(version, { topic, count }))),
    ]);
    for (const [mine, found] of read.entries()) {
      const node = JSON.parse(versions[mine]?.text ?? '') as AvroNode;
      for (const [theirs, bodies] of written.entries()) {
        const expected = bodies.map((body) => knownTo(node, body, new Map()));
        expect(plain(found.get(String(theirs)))).toEqual(plain(expected));
      }
    }
  },
);

test('a version that breaks a reader is refused by the registry and by the check before it', async () => {
  for (const versions of HISTORIES.values()) {
    await deploySchemas(
      registry,
      versions.map((version) => [version]),
    );
    const newest = versions.at(-1) as TopicSchema;
    const schema = JSON.parse(newest.text) as RecordSchema;
    const [, ...rest] = schema.fields;
    const text = JSON.stringify({ ...schema, fields: rest });
    const refused = { code: 'STRATA_REGISTRY_SCHEMA_INCOMPATIBLE' };
    await expect(registerSchemas(registry, [{ ...newest, text }])).rejects.toMatchObject(refused);
    await expect(registry.register(newest.subject, text)).rejects.toMatchObject({
      code: 'STRATA_REGISTRY_REFUSED',
    });
  }
});
