import {
  EVENT_DEFINITIONS,
  INTAKE_EXAMPLES,
  intakeJsonSchema,
  TOPICS,
} from '../../packages/contracts/src/index.ts';
import type { TopicSchema } from '../../packages/schema-registry/src/index.ts';
import { type AvroField, jsonSchemaOfRecord } from './avro-json-schema.ts';
import { FIELD_TEXTS } from './event-texts.ts';

/** The messages of the AsyncAPI document: each from the one place that the code has it from. */

export type Json = Readonly<Record<string, unknown>>;

const AVRO = 'application/vnd.apache.avro;version=1.9.0';
const BINDING = { bindingVersion: '0.5.0' };

/** By which records and lines of one event are found together. */
const TRACEPARENT = text(
  '`traceparent` of W3C Trace Context, as it came with the event; absent where none did.',
  '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$',
);

/** What a reader finds beside the value, by topic. */
const HEADERS: Readonly<Record<string, Json>> = {
  [TOPICS.tierChanges]: headers(
    {
      ce_specversion: { type: 'string', const: '1.0', description: 'CloudEvents.' },
      ce_id: text('The id of the tier change, `<partition>.<offset>.<n>`.'),
      ce_source: { type: 'string', const: '/strata/scorer' },
      ce_type: text('`strata.tier.<type>.v1`.'),
      ce_time: { type: 'string', format: 'date-time', description: 'When it took effect.' },
      'strata-seq': text(
        '`<epoch>.<seq>`: drop what is not above the last of its partition.',
        '^\\d{1,15}\\.\\d{1,15}$',
      ),
      'strata-retired': text('On a record without a value: why nobody stands under its key.'),
      traceparent: TRACEPARENT,
    },
    ['strata-seq'],
  ),
  [TOPICS.tiers]: headers(
    {
      'strata-seq': text(
        '`<epoch>.<seq>`: drop what is not above the last of its partition.',
        '^\\d{1,15}\\.\\d{1,15}$',
      ),
      'strata-retired': text('On a record without a value: why nobody stands under its key.'),
    },
    ['strata-seq'],
  ),
  [TOPICS.customerLog]: headers({ traceparent: TRACEPARENT }, []),
  [TOPICS.deadLetters]: headers(
    {
      'strata-about': text('Keyed markers, with commas between them, of the customers it names.'),
      'strata-occurred-at': text('Epoch milliseconds at which its event happened.', '^\\d+$'),
      traceparent: TRACEPARENT,
    },
    [],
  ),
};

const INTAKE_HEADERS = headers(
  {
    'content-type': text(
      'Says `json` or `avro` where the first byte should not: 0 begins Avro, anything else JSON.',
    ),
    traceparent: TRACEPARENT,
  },
  [],
);

/** How the key of a topic's records is made. */
const KEYS: Readonly<Record<string, string>> = {
  [TOPICS.customerLog]: 'The customer id; none on records of a whole partition.',
  [TOPICS.tierChanges]: 'The customer id.',
  [TOPICS.tiers]: 'The customer id.',
  [TOPICS.deadLetters]: 'The id of the letter.',
  [TOPICS.policies]: 'The id of the set, and `current`; `rates:<id>`.',
  [TOPICS.undelivered]: 'The id of the delivery.',
  [TOPICS.subscriptions]: 'The id of the subscription.',
};
const INTAKE_KEY =
  'Of the producer’s choice; the customer id on `strata.intake.events.v1` in data time.';

/** JSON events by type, with the same event of all types in Avro beside them. */
export function intakeMessages(intake: TopicSchema): Record<string, Json> {
  const messages = EVENT_DEFINITIONS.map(({ type }) => [
    type,
    {
      title: type,
      contentType: 'application/json',
      headers: INTAKE_HEADERS,
      payload: told(intakeJsonSchema(type)),
      bindings: { kafka: { key: text(INTAKE_KEY), ...BINDING } },
      examples: [{ payload: INTAKE_EXAMPLES.get(type) }],
    },
  ]);
  const any = avroMessage(intake, { key: INTAKE_KEY, headers: INTAKE_HEADERS, lookup: 'TopicId' });
  return { ...(Object.fromEntries(messages) as Record<string, Json>), [intake.name]: any };
}

/** The message of a subject of ours. */
export function recordMessage(schema: TopicSchema): Json {
  const isPerRecord = schema.subject.endsWith(schema.name);
  return avroMessage(schema, {
    key: KEYS[schema.topic] ?? '',
    headers: HEADERS[schema.topic],
    lookup: isPerRecord ? 'TopicRecordName' : 'TopicId',
  });
}

/** A tier change as an endpoint receives it. */
export function webhookMessage(): Json {
  return {
    title: 'A tier change, signed',
    contentType: 'application/json',
    headers: headers(
      {
        'webhook-id': text('The id of the tier change; the same at every try.'),
        'webhook-timestamp': text('Epoch seconds of this try.', '^\\d+$'),
        'webhook-signature': text('Standard Webhooks: `v1,` and the signature in base64.'),
        traceparent: TRACEPARENT,
      },
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
    ),
    payload: {
      type: 'object',
      properties: {
        type: text('`strata.tier.<type>`.'),
        timestamp: { type: 'string', format: 'date-time', description: 'When it took effect.' },
        data: { $ref: '#/components/schemas/tierChangeJson' },
      },
      required: ['type', 'timestamp', 'data'],
    },
  };
}

/** The JSON form of a tier change, from its Avro record. */
export function tierChangeJsonSchema({ text: schema }: TopicSchema): Json {
  const { fields } = JSON.parse(schema) as { fields: readonly AvroField[] };
  return jsonSchemaOfRecord(fields, {
    // Avro carries it as JSON text.
    treatment: { description: 'The benefits of the tier as they stand in the policy.' },
  });
}

function avroMessage(
  { name, text: schema }: TopicSchema,
  about: {
    readonly key: string;
    readonly headers: Json | undefined;
    readonly lookup: 'TopicId' | 'TopicRecordName';
  },
): Json {
  const parsed = JSON.parse(schema) as { doc?: string };
  return {
    title: name,
    ...(parsed.doc === undefined ? {} : { summary: parsed.doc }),
    contentType: 'avro/binary',
    ...(about.headers === undefined ? {} : { headers: about.headers }),
    payload: { schemaFormat: AVRO, schema: parsed },
    bindings: {
      kafka: {
        key: text(about.key),
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        schemaLookupStrategy: `${about.lookup}Strategy`,
        ...BINDING,
      },
    },
  };
}

/** A contract with the sentences of the reference beside its fields. */
function told(schema: Json): Json {
  const { $schema: _, properties, ...rest } = schema as { $schema: string; properties: Json };
  const described = Object.entries(properties).map(([name, field]) => {
    const about = FIELD_TEXTS[name] ?? '';
    return [name, about === '' ? field : { ...(field as Json), description: about }] as const;
  });
  return { ...rest, properties: Object.fromEntries(described) };
}

function headers(properties: Readonly<Record<string, Json>>, required: readonly string[]): Json {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

function text(description: string, pattern?: string): Json {
  return { type: 'string', description, ...(pattern === undefined ? {} : { pattern }) };
}
