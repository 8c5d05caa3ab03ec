import {
  ConfluentSchemaRegistry,
  checkSchemas,
  deploySchemas,
  openTopicSerdes,
  readSchemaFolder,
  readSchemaHistory,
  registerSchemas,
  type TopicSchema,
} from '@strata/schema-registry';
import avro from 'avsc';
import { beforeAll, expect, test } from 'vitest';
import { backends } from '../backends.ts';

/**
 * The calls we make, against the registry that the local stack runs. Subjects are the test's own
 * where a test changes them.
 */

const clock = { nowMs: () => 0 };
let registry: ConfluentSchemaRegistry;
let url: string;

beforeAll(async () => {
  url = (await backends()).registryUrl;
  registry = new ConfluentSchemaRegistry({ url });
});

interface RecordSchema {
  readonly name: string;
  readonly fields: readonly { readonly name: string }[];
}

function withFields(text: string, change: (fields: RecordSchema['fields']) => unknown): string {
  const schema = JSON.parse(text) as RecordSchema;
  return JSON.stringify({ ...schema, fields: change(schema.fields) });
}

function theIntakeSchema(topic: string): TopicSchema {
  const [schema] = readSchemaFolder().filter((one) => one.topic === 'strata.intake.events.v1') as [
    TopicSchema,
  ];
  return { ...schema, topic, subject: `${topic}-value` };
}

const note = { name: 'note', type: ['null', 'string'], default: null };
const added = (text: string) => withFields(text, (fields) => [...fields, note]);
const anEvent = { type: 'referral', source: 's', eventId: 'e', customerId: 'c', occurredAt: 1 };

function framed(id: number, text: string, body: unknown): Uint8Array {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([
    header,
    avro.Type.forSchema(JSON.parse(text) as avro.Schema).toBuffer(body),
  ]);
}

test('registers every schema of the repository, and the same again under the same ids', async () => {
  const schemas = readSchemaFolder();
  await deploySchemas(registry, readSchemaHistory());
  const ids = await registerSchemas(registry, schemas);
  expect([...ids.keys()]).toEqual(schemas.map(({ subject }) => subject));
  await checkSchemas(registry, schemas);
  const open = await openTopicSerdes({ source: registry, schemas, clock });
  const serde = open('strata.customer-log.v1');
  const bytes = serde.encode({ name: 'strata.log.Tick', body: { customerIds: ['c1'] } });
  expect(serde.decode(bytes)).toMatchObject({ body: { customerIds: ['c1'] } });
});

test.each([
  [
    'a field without a default',
    (text: string) => withFields(text, (fields) => [...fields, { name: 'x', type: 'string' }]),
  ],
  [
    'a field taken away',
    (text: string) => withFields(text, (fields) => fields.filter(({ name }) => name !== 'source')),
  ],
  [
    'a field of another type',
    (text: string) =>
      withFields(text, (fields) =>
        fields.map((field) => (field.name === 'source' ? { ...field, type: 'long' } : field)),
      ),
  ],
])('refuses %s, by the check and by the deploy step', async (what, change) => {
  const schema = theIntakeSchema(`test.refused-${what.replaceAll(' ', '-')}`);
  await registerSchemas(registry, [schema]);
  const changed = [{ ...schema, text: change(schema.text) }];
  await expect(checkSchemas(registry, changed)).rejects.toMatchObject({
    code: 'STRATA_REGISTRY_SCHEMA_INCOMPATIBLE',
    message: expect.stringContaining(schema.subject),
  });
  await expect(registerSchemas(registry, changed)).rejects.toThrow('Not compatible');
  // The registry itself refuses it, too, whoever asks.
  await expect(registry.register(schema.subject, changed[0]?.text ?? '')).rejects.toMatchObject({
    code: 'STRATA_REGISTRY_REFUSED',
  });
});

test('refuses what only an earlier version cannot read', async () => {
  const first = theIntakeSchema('test.transitive');
  const taken = withFields(first.text, (fields) => [...fields, { ...note, name: 'taken' }]);
  const retyped = withFields(first.text, (fields) => [
    ...fields,
    { name: 'taken', type: ['null', 'long'], default: null },
  ]);
  // Field `taken` as text, then without it, then as a number: the last agrees with the one before
  // it alone.
  for (const text of [taken, first.text]) await registerSchemas(registry, [{ ...first, text }]);
  await expect(checkSchemas(registry, [{ ...first, text: retyped }])).rejects.toThrow(
    'Not compatible',
  );
});

test('reads an older and a newer writer, told apart by the ids of the registry', async () => {
  const older = theIntakeSchema('test.evolution');
  const newer = { ...older, text: added(older.text) };
  const olderId = (await registerSchemas(registry, [older])).get(older.subject) as number;
  const newerId = (await registerSchemas(registry, [newer])).get(older.subject) as number;
  expect(newerId).not.toBe(olderId);

  // Producers write every field; the ones that the type has no use for are null.
  const { fields } = JSON.parse(older.text) as RecordSchema;
  const nulls = Object.fromEntries(fields.map(({ name }) => [name, null]));
  const body = { ...nulls, ...anEvent };
  for (const ours of [older, newer]) {
    const untrusted = [ours.topic];
    const open = await openTopicSerdes({ source: registry, schemas: [ours], clock, untrusted });
    const serde = open(ours.topic);
    const fromOlder = framed(olderId, older.text, body);
    const fromNewer = framed(newerId, newer.text, { ...body, note: 'n' });
    await serde.prepare([fromOlder, fromNewer]);
    expect(serde.decode(fromOlder).body).toMatchObject(anEvent);
    expect(serde.decode(fromNewer).body).toMatchObject(anEvent);
    const { note: read } = serde.decode(fromOlder).body as { note?: unknown };
    expect(read).toBe(ours === newer ? null : undefined);
  }
});

test('does not start where a pinned schema is absent', async () => {
  const schema = theIntakeSchema('test.absent');
  await expect(
    openTopicSerdes({ source: registry, schemas: [schema], clock }),
  ).rejects.toMatchObject({ code: 'STRATA_REGISTRY_SCHEMA_ABSENT' });
  // A later version of a subject that exists is absent, too.
  const known = theIntakeSchema('test.absent-version');
  await registerSchemas(registry, [known]);
  const next = { ...known, text: added(known.text) };
  await expect(openTopicSerdes({ source: registry, schemas: [next], clock })).rejects.toThrow(
    'run the deploy step',
  );
});

test('an id that nobody registered is an answer, not an error', async () => {
  expect(await registry.schemaOf(2_000_000_000)).toBeNull();
  const schema = theIntakeSchema('test.unknown-id');
  await registerSchemas(registry, [schema]);
  const serde = (await openTopicSerdes({ source: registry, schemas: [schema], clock }))(
    schema.topic,
  );
  const bytes = Buffer.from('007735940000', 'hex');
  await serde.prepare([bytes]);
  expect(() => serde.decode(bytes)).toThrow('No schema with id 2000000000');
});

test('many deploy steps at once end with one id', async () => {
  const schema = theIntakeSchema('test.race');
  const steps = Array.from({ length: 6 }, () => registerSchemas(registry, [schema]));
  const ids = await Promise.all(steps);
  expect(new Set(ids.map((one) => one.get(schema.subject))).size).toBe(1);
  const changed = { ...schema, text: withFields(schema.text, (fields) => fields.slice(1)) };
  await expect(checkSchemas(registry, [changed])).rejects.toThrow('Not compatible');
});

test('takes over a subject that another tool made without a level', async () => {
  const schema = theIntakeSchema('test.foreign');
  const response = await fetch(`${url}/subjects/${schema.subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: schema.text }),
  });
  expect(response.status).toBe(200);
  await registerSchemas(registry, [{ ...schema, text: added(schema.text) }]);
  const changed = { ...schema, text: withFields(schema.text, (fields) => fields.slice(1)) };
  await expect(checkSchemas(registry, [changed])).rejects.toThrow('Not compatible');
});

test('says that the registry is not there', async () => {
  const nobody = new ConfluentSchemaRegistry({ url: 'http://127.0.0.1:9' });
  const schema = theIntakeSchema('test.nobody');
  const unreachable = { code: 'STRATA_REGISTRY_UNREACHABLE', isRetryable: true };
  await expect(nobody.schemaOf(1)).rejects.toMatchObject(unreachable);
  await expect(nobody.idOf(schema.subject, schema.text)).rejects.toMatchObject(unreachable);
  await expect(checkSchemas(nobody, [schema])).rejects.toMatchObject(unreachable);
});
