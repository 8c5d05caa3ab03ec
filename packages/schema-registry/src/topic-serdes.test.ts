import { SerdeFault } from '@strata/pipeline';
import avro from 'avsc';
import { beforeEach, expect, test } from 'vitest';
import { MemorySchemaRegistry } from './memory-schema-registry.ts';
import { registerSchemas } from './register-schemas.ts';
import type { TopicSchema } from './topic-schema.ts';
import { openTopicSerdes, type TopicSerde } from './topic-serdes.ts';

const fields = [
  { name: 'id', type: 'string' },
  { name: 'count', type: 'long' },
];
const tags = { name: 'tags', type: { type: 'array', items: 'string' }, default: [] };
const note = { name: 'note', type: ['null', 'string'], default: null };

function aSchema(extra: readonly object[] = [], name = 'Thing'): TopicSchema {
  const text = JSON.stringify({
    type: 'record',
    namespace: 'toy',
    name,
    fields: [...fields, ...extra],
  });
  return { topic: 'toys', subject: `toys-toy.${name}`, name: `toy.${name}`, text };
}

let nowMs = 0;
let registry: MemorySchemaRegistry;
let lookUps: number[];

beforeEach(() => {
  nowMs = 0;
  registry = new MemorySchemaRegistry();
  lookUps = [];
});

async function aSerde(
  schemas: readonly TopicSchema[],
  untrusted: readonly string[] = [],
): Promise<TopicSerde> {
  await registerSchemas(registry, schemas);
  const source = {
    idOf: (subject: string, text: string) => registry.idOf(subject, text),
    schemaOf: (id: number) => {
      lookUps.push(id);
      return registry.schemaOf(id);
    },
  };
  const open = await openTopicSerdes({ source, schemas, clock: { nowMs: () => nowMs }, untrusted });
  return open('toys');
}

function thrown(run: () => unknown): SerdeFault {
  try {
    run();
  } catch (error) {
    if (error instanceof SerdeFault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('frames as Confluent does: a zero, the id, the body', async () => {
  const serde = await aSerde([aSchema()]);
  const bytes = serde.encode({ name: 'toy.Thing', body: { id: 'a', count: 3 } });
  expect(Buffer.from(bytes).toString('hex')).toBe('0000000001026106');
  expect(serde.decode(bytes)).toMatchObject({ name: 'toy.Thing', body: { id: 'a', count: 3 } });
});

test('encodes a value that is larger than its scratch', async () => {
  const serde = await aSerde([aSchema()]);
  const id = 'x'.repeat(300_000);
  const bytes = serde.encode({ name: 'toy.Thing', body: { id, count: 1 } });
  expect((serde.decode(bytes).body as { id: string }).id).toBe(id);
});

test('keeps records of one topic apart by name', async () => {
  const serde = await aSerde([aSchema(), aSchema([], 'Other')]);
  const bytes = serde.encode({ name: 'toy.Other', body: { id: 'a', count: 1 } });
  expect(serde.decode(bytes).name).toBe('toy.Other');
  expect(() => serde.encode({ name: 'toy.Absent', body: {} })).toThrow('toys takes toy.Absent');
});

test('does not start without the schema it writes', async () => {
  const open = openTopicSerdes({
    source: registry,
    schemas: [aSchema()],
    clock: { nowMs: () => nowMs },
  });
  await expect(open).rejects.toMatchObject({ code: 'STRATA_REGISTRY_SCHEMA_ABSENT' });
  await expect(open).rejects.toThrow('run the deploy step');
});

test('reads an older writer with the defaults of today, once its schema was fetched', async () => {
  const older = await registry.register('toys-toy.Thing', aSchema().text);
  const serde = await aSerde([aSchema([note])]);
  const bytes = framed(older, aSchema().text, { id: 'a', count: 1 });
  expect(thrown(() => serde.decode(bytes)).reason).toBe('unknown-schema');
  await serde.prepare([null, bytes, Uint8Array.of(1), bytes]);
  expect(serde.decode(bytes).body).toMatchObject({ id: 'a', count: 1, note: null });
  await serde.prepare([bytes]);
  expect(lookUps).toEqual([older]);
});

test('reads a newer writer without what it does not know', async () => {
  const serde = await aSerde([aSchema()]);
  const newer = await registry.register('toys-toy.Thing', aSchema([note]).text);
  const bytes = framed(newer, aSchema([note]).text, { id: 'a', count: 1, note: 'n' });
  await serde.prepare([bytes]);
  expect({ ...(serde.decode(bytes).body as object) }).toEqual({ id: 'a', count: 1 });
});

test('asks for an unknown id once in a while, not for every record', async () => {
  const serde = await aSerde([aSchema()]);
  const bytes = framed(2, aSchema([note]).text, { id: 'a', count: 1, note: 'n' });
  await serde.prepare([bytes, bytes]);
  await serde.prepare([bytes]);
  expect(lookUps).toEqual([2]);
  expect(thrown(() => serde.decode(bytes)).reason).toBe('unknown-schema');

  await registry.register('toys-toy.Thing', aSchema([note]).text);
  nowMs = 5_000;
  await serde.prepare([bytes]);
  expect(serde.decode(bytes).body).toMatchObject({ id: 'a', count: 1 });
});

test('takes a schema of another record for unknown', async () => {
  const serde = await aSerde([aSchema()]);
  const other = await registry.register('elsewhere-value', aSchema([], 'Stranger').text);
  const bytes = framed(other, aSchema([], 'Stranger').text, { id: 'a', count: 1 });
  await serde.prepare([bytes]);
  expect(thrown(() => serde.decode(bytes)).reason).toBe('unknown-schema');
});

test('leaves a registry that does not answer to the caller', async () => {
  const serde = await aSerde([aSchema()]);
  const schemaOf = registry.schemaOf.bind(registry);
  registry.schemaOf = () => Promise.reject(new Error('lost'));
  const bytes = framed(9, aSchema().text, { id: 'a', count: 1 });
  await expect(serde.prepare([bytes])).rejects.toThrow('lost');
  registry.schemaOf = schemaOf;
  await expect(serde.prepare([bytes])).resolves.toBeUndefined();
});

test('names the place of a value that does not fit, and not the value', async () => {
  const serde = await aSerde([aSchema()]);
  const fit = () => serde.encode({ name: 'toy.Thing', body: { id: 'secret', count: 'secret' } });
  expect(fit).toThrow('A toy.Thing does not fit its schema at count.');
});

test.each([
  ['no bytes', ''],
  ['too short for a header', '000000'],
  ['JSON', '7b7d7b7d7b7d'],
  ['a body that ends too early', '00000000010261'],
  ['bytes left over', '000000000102610600ff'],
  ['a length beyond the end', '0000000001ffffffff0f61'],
  ['a negative length', '0000000001010600'],
  ['a number without an end', '00000000010261ffffffffffffffffffffff'],
])('calls %s bad Avro', async (_, hex) => {
  const serde = await aSerde([aSchema([tags])], ['toys']);
  expect(thrown(() => serde.decode(Buffer.from(hex, 'hex'))).reason).toBe('bad-avro');
});

test.each([
  ['a number too large to be exact', 'unsafe-number', '00000000010261ffffffffffffffffff0100'],
  ['a text that is no UTF-8', 'not-utf8', '000000000102ff0600'],
  ['a text with half a character', 'not-utf8', '000000000106eda0800600'],
])('says of %s: %s', async (_, reason, hex) => {
  const serde = await aSerde([aSchema([tags])], ['toys']);
  expect(thrown(() => serde.decode(Buffer.from(hex, 'hex'))).reason).toBe(reason);
});

test('takes text of any language as it is', async () => {
  const serde = await aSerde([aSchema()], ['toys']);
  const bytes = serde.encode({ name: 'toy.Thing', body: { id: 'Lin 林记茶行 🍵', count: 1 } });
  expect(serde.decode(bytes).body).toMatchObject({ id: 'Lin 林记茶行 🍵' });
});

test('refuses a key that would set a prototype, however its length is written', async () => {
  const labels = { name: 'labels', type: { type: 'map', values: tags.type }, default: {} };
  const serde = await aSerde([aSchema([labels])], ['toys']);
  const name = Buffer.from('__proto__').toString('hex');
  for (const length of ['12', '9200']) {
    const bytes = Buffer.from(`0000000001026106${'02'}${length}${name}0000`, 'hex');
    expect(thrown(() => serde.decode(bytes)).reason).toBe('unsafe-key');
  }
});

test('asks for each of many unknown ids once, and forgets them in time', async () => {
  const serde = await aSerde([aSchema()]);
  const values = Array.from({ length: 500 }, (_, index) => {
    const bytes = Buffer.alloc(6);
    bytes.writeUInt32BE(1_000 + index, 1);
    return bytes;
  });
  await serde.prepare([...values, ...values]);
  await serde.prepare(values);
  expect(lookUps).toHaveLength(500);
  expect(new Set(lookUps).size).toBe(500);
  nowMs = 5_000;
  await serde.prepare(values);
  expect(lookUps).toHaveLength(1_000);
});

test('does not build what a few bytes only promise', async () => {
  const serde = await aSerde([aSchema([tags])], ['toys']);
  // 2^40 tags, by a plain count and by a count with a block size.
  for (const promise of ['808080808040', 'ffffffffff3f00']) {
    const bytes = Buffer.from(`0000000001026106${promise}`, 'hex');
    expect(thrown(() => serde.decode(bytes)).reason).toBe('bad-avro');
  }
});

function framed(id: number, text: string, body: unknown): Uint8Array {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([
    header,
    avro.Type.forSchema(JSON.parse(text) as avro.Schema).toBuffer(body),
  ]);
}
