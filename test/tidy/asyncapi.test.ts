import { AvroSchemaParser } from '@asyncapi/avro-schema-parser';
import { Parser } from '@asyncapi/parser';
import { INTAKE_TOPICS, isTakenBy, TOPICS } from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES } from '@strata/domain';
import { readSchemaFolder } from '@strata/schema-registry';
import { expect, test } from 'vitest';
import { readText } from './repository.ts';

/** What tools make of docs/reference/asyncapi.json. Everything is inside it, so no network is asked. */

const text = readText('docs/reference/asyncapi.json');
const parser = new Parser({ schemaParsers: [AvroSchemaParser()] });
/** Severities of the parser: errors are 0, warnings 1; what lies above is advice. */
const WARNING = 1;

async function complaintsAbout(given: string): Promise<readonly string[]> {
  const { diagnostics } = await parser.parse(given);
  return diagnostics
    .filter(({ severity }) => severity <= WARNING)
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
}

async function channels() {
  const { document } = await parser.parse(text);
  if (document === undefined) throw new Error('The document cannot be read.');
  return new Map(
    document
      .channels()
      .all()
      .map((channel) => [channel.address() ?? '', channel] as const),
  );
}

test('the parser of AsyncAPI finds no fault in it, and looks into Avro and JSON Schema', async () => {
  expect(await complaintsAbout(text)).toEqual([]);
  expect(await complaintsAbout(text.replace('"type": "long"', '"type": "lung"'))).not.toEqual([]);
  expect(await complaintsAbout(text.replace('"maxLength": 256', '"maxLength": "x"'))).not.toEqual(
    [],
  );
}, 60_000);

test('every topic is a channel, with every record that it holds', async () => {
  const found = await channels();
  expect([...found.keys()].filter((address) => address !== '').toSorted()).toEqual(
    Object.values(TOPICS).toSorted(),
  );
  for (const topic of Object.values(TOPICS)) {
    const messages = found.get(topic)?.messages().all() ?? [];
    const records = readSchemaFolder()
      .filter((schema) => schema.topic === topic)
      .map(({ name }) => name);
    const isIntake = (INTAKE_TOPICS as readonly string[]).includes(topic);
    const types = CUSTOMER_EVENT_TYPES.filter((type) => isIntake && isTakenBy(topic, type));
    expect(messages.map((message) => message.id()).toSorted()).toEqual(
      [...records, ...types].toSorted(),
    );
    for (const message of messages) {
      expect(message.bindings().get('kafka')?.value()).toHaveProperty('key');
    }
  }
}, 60_000);

test('tells the CloudEvents attributes and the number of a tier change', async () => {
  const [message] = (await channels()).get(TOPICS.tierChanges)?.messages().all() ?? [];
  const told: { readonly properties?: object } = message?.headers()?.json() ?? {};
  expect(Object.keys(told.properties ?? {})).toEqual([
    'ce_specversion',
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_time',
    'strata-seq',
    'strata-retired',
    'traceparent',
  ]);
}, 60_000);
