import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EVENT_DEFINITIONS,
  INTAKE_TOPICS,
  isTakenBy,
  TOPICS,
} from '../../packages/contracts/src/index.ts';
import { readSchemaFolder, type TopicSchema } from '../../packages/schema-registry/src/index.ts';
import { topicSpecs } from '../../services/cli/src/stack/deploy-topics.ts';
import {
  intakeMessages,
  type Json,
  recordMessage,
  tierChangeJsonSchema,
  webhookMessage,
} from './asyncapi-messages.ts';
import { ROOT } from './source-files.ts';

/** Topics with the stack's own number of partitions are asked for with a number none can have. */
const STACK_PARTITIONS = 0;
const WEBHOOK = 'tierChangeWebhook';

/** What a topic is for, and who is on the other side: `receive` is what Strata reads, `send` what it writes. */
const CHANNELS: Readonly<
  Record<keyof typeof TOPICS, { readonly about: string; readonly action: 'receive' | 'send' }>
> = {
  purchases: { about: 'Purchases, refunds, and whether an order stands.', action: 'receive' },
  complaints: { about: 'Complaints, their resolution, and feedback.', action: 'receive' },
  engagements: { about: 'Engagement, referrals, interactions, opportunities.', action: 'receive' },
  profiles: { about: 'Attributes of customers.', action: 'receive' },
  links: {
    about: 'Which other ids a customer has. Who may write here can make one customer of two.',
    action: 'receive',
  },
  events: {
    about:
      'Every type of event, so that the order of one customer is kept. The commands of Strata write clock marks, overrides, merges and erasures here, too; no producer does.',
    action: 'receive',
  },
  customerLog: {
    about: 'The truth: everything that can change a tier. Written by Strata alone.',
    action: 'send',
  },
  tierChanges: { about: 'What was decided, each once and in order.', action: 'send' },
  tiers: { about: 'Where each customer stands; the newest record of a key holds.', action: 'send' },
  deadLetters: { about: 'What could not be used, whole and sealed.', action: 'send' },
  policies: { about: 'Published policy sets and currency rates.', action: 'send' },
  undelivered: {
    about: 'Webhooks that were given up, by the place of their tier change.',
    action: 'send',
  },
  subscriptions: {
    about:
      'What was changed about webhook subscriptions, or asked of them. Written by Strata alone.',
    action: 'send',
  },
};

/** docs/reference/asyncapi.json: the contracts of all topics for tools, from the same places as the pages for people. */
export function asyncapiPage(): string {
  const schemas = readSchemaFolder();
  const [intake] = schemas.filter(({ topic }) => topic === TOPICS.events) as [TopicSchema];
  const [change] = schemas.filter(({ topic }) => topic === TOPICS.tierChanges) as [TopicSchema];
  const ours = schemas.filter(({ topic }) => !isIntake(topic));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Strata',
      version,
      description: [
        'Strata keeps the tier of every customer right at every instant and tells the world when it changes.',
        'Made from the code by `npm run generate`. Avro values are framed as Confluent does: a zero byte, the id',
        'of the schema as four bytes, the body. Of JSON events null is absent and unknown fields are dropped and counted.',
      ].join('\n'),
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: {
        host: '{brokers}',
        protocol: 'kafka',
        description:
          'Any Kafka cluster, with a schema registry that speaks the API of Confluent’s.',
        variables: { brokers: { default: '127.0.0.1:9092', description: 'host:port' } },
      },
    },
    channels: {
      ...Object.fromEntries(topics().map(channelOf(schemas))),
      [WEBHOOK]: webhookChannel(),
    },
    operations: { ...Object.fromEntries(topics().map(operationOf)), [WEBHOOK]: webhookOperation() },
    components: {
      schemas: { tierChangeJson: tierChangeJsonSchema(change) },
      messages: {
        ...intakeMessages(intake),
        ...Object.fromEntries(ours.map((schema) => [schema.name, recordMessage(schema)])),
        [WEBHOOK]: webhookMessage(),
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

type Topic = readonly [key: keyof typeof TOPICS, name: string];

function topics(): readonly Topic[] {
  return Object.entries(TOPICS) as unknown as readonly Topic[];
}

function isIntake(topic: string): boolean {
  return (INTAKE_TOPICS as readonly string[]).includes(topic);
}

function messagesOf(topic: string, schemas: readonly TopicSchema[]): readonly string[] {
  const records = schemas.filter((one) => one.topic === topic).map(({ name }) => name);
  if (!isIntake(topic)) return records;
  const types = EVENT_DEFINITIONS.map(({ type }) => type).filter((type) => isTakenBy(topic, type));
  return [...types, ...records];
}

function channelOf(schemas: readonly TopicSchema[]) {
  return ([key, topic]: Topic): readonly [string, Json] => {
    const names = messagesOf(topic, schemas);
    const messages = names.map((name) => [name, { $ref: `#/components/messages/${name}` }]);
    const channel = {
      address: topic,
      description: CHANNELS[key].about,
      servers: [{ $ref: '#/servers/kafka' }],
      messages: Object.fromEntries(messages) as Json,
      bindings: { kafka: kafkaChannel(topic) },
    };
    return [key, channel];
  };
}

const TOPIC_NUMBERS = ['retention.ms', 'retention.bytes', 'max.message.bytes'];

function kafkaChannel(topic: string): Json {
  const { partitions, config = {} } = topicSpecs(STACK_PARTITIONS).find(
    ({ name }) => name === topic,
  ) ?? { partitions: STACK_PARTITIONS };
  const numbers = TOPIC_NUMBERS.filter((name) => name in config);
  return {
    topic,
    // The others have as many as the stack was opened with.
    ...(partitions === STACK_PARTITIONS ? {} : { partitions }),
    topicConfiguration: {
      'cleanup.policy': (config['cleanup.policy'] ?? 'delete').split(','),
      ...Object.fromEntries(numbers.map((name) => [name, Number(config[name])])),
    },
    bindingVersion: '0.5.0',
  };
}

function operationOf([key]: Topic): readonly [string, Json] {
  const { action, about } = CHANNELS[key];
  const name = `${action}${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  return [name, { action, channel: { $ref: `#/channels/${key}` }, summary: about }];
}

function webhookChannel(): Json {
  return {
    address: null,
    description:
      'The endpoint of a subscription: tier changes by HTTP, for who does not read Kafka.',
    messages: { [WEBHOOK]: { $ref: `#/components/messages/${WEBHOOK}` } },
  };
}

function webhookOperation(): Json {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${WEBHOOK}` },
    summary: 'Posted to each subscription until it is answered with 2xx.',
    bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
  };
}
