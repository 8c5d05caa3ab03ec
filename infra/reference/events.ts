import { attributes, decimal, id, money, text, word } from '../../packages/contracts/src/fields.ts';
import {
  EVENT_DEFINITIONS,
  INTAKE_EXAMPLES,
  INTAKE_TOPICS,
  isTakenBy,
  readIntakeEvent,
  TOPICS,
} from '../../packages/contracts/src/index.ts';
import { readBadRecords } from '../../services/ingestor/src/builders/bad-records.ts';
import { requireSameNames } from './closed-list.ts';
import { FIELD_TEXTS } from './event-texts.ts';
import { code, codeBlock, page, table } from './markdown.ts';
import { unwrapped, type ZodShape } from './zod-shape.ts';

const PLACE = 'infra/reference/event-texts.ts';

/** The fields of every event. `occurredAt` has two forms, so it is told in words. */
const BASE_ROWS = [
  [code('type'), 'yes', 'one of the types below'],
  [code('source'), 'yes', `${kindText(id)}: the system that sends it`],
  [
    code('eventId'),
    'yes',
    `${kindText(id)}, unique for its source: the same pair again is the same event`,
  ],
  [code('customerId'), 'yes, or `guest`', kindText(id)],
  [
    code('guest'),
    'no',
    'text of 1 to 250 characters in the place of `customerId`: a token of the source for a visitor whom it does not know, such as a hash of a mail address; the customer is then `guest:<token>`. Beside a `customerId` it is dropped. Of a link it stands in the place of `linkedId`',
  ],
  [
    code('occurredAt'),
    'yes',
    'JSON: RFC 3339 with an offset, from 1970 on. Avro: epoch milliseconds',
  ],
  [code('channel'), 'no', `${kindText(text)}: online, store, phone, ...`],
];

/** docs/reference/events.md, from the contracts; every example passes its contract. */
export function eventsPage(): string {
  const fields = EVENT_DEFINITIONS.flatMap(({ shape }) => Object.keys(shape));
  requireSameNames('Field', { found: fields, told: Object.keys(FIELD_TEXTS), place: PLACE });
  return page('Intake events', [
    [
      'What upstream systems publish to `strata.intake.*.v1`: one object a record, as JSON or as Avro in',
      "Confluent's framing with the same fields (`schemas/strata.intake.v1`). Unknown fields are dropped and",
      'counted. What does not fit becomes a [dead letter](dead-letter-reasons.md). Examples show every field',
      'that a type can have. For tools the same is told, with all other topics, by [asyncapi.json](asyncapi.json).',
    ].join('\n'),
    '## Every event',
    table(['Field', 'Needed', 'What it is'], BASE_ROWS),
    '## How records are read',
    'A record that is not quite as above is read by these rules; each is tried on every commit.',
    correctionRules(),
    ...EVENT_DEFINITIONS.flatMap(({ type, shape }) => [
      `## ${type}`,
      `Taken by ${topicsOf(type).map(code).join(', ')}.`,
      table(['Field', 'Needed', 'What it is'], fieldRows(shape)),
      codeBlock('json', exampleOf(type)),
    ]),
  ]);
}

/** Told where they are tried. */
function correctionRules(): string {
  const rules = readBadRecords().flatMap(({ rule }) => rule ?? []);
  return [...new Set(rules)].map((rule) => `- ${rule}`).join('\n');
}

function topicsOf(type: (typeof EVENT_DEFINITIONS)[number]['type']): readonly string[] {
  const own = INTAKE_TOPICS.filter((topic) => topic !== TOPICS.events && isTakenBy(topic, type));
  return [...own, TOPICS.events];
}

function fieldRows(shape: object): string[][] {
  return Object.entries(shape).map(([name, field]) => {
    const { schema, isOptional } = unwrapped(field);
    const about = FIELD_TEXTS[name] ?? '';
    const rest = about === '' ? '' : `: ${about}`;
    return [code(name), isOptional ? 'no' : 'yes', `${kindText(schema)}${rest}`];
  });
}

function kindText(schema: unknown): string {
  const { def } = schema as ZodShape;
  if (schema === id || schema === word) return 'text of 1 to 256 characters';
  if (schema === text) return 'text of at most 1,024 characters';
  if (schema === money) return '`{"minor": integer from 0, "currency": ISO 4217}`';
  if (schema === attributes) return 'names with text, a number or a list of texts';
  if (schema === decimal) return 'number from 0 with at most 3 decimals';
  if (def.type === 'number') return 'number above 0 with at most 3 decimals';
  if (def.entries !== undefined) return Object.values(def.entries).map(code).join(', ');
  throw new Error(`A field of kind ${def.type} has no words yet: add them to kindText.`);
}

/** Every example shows all fields of its type, needed or not. */
function exampleOf(type: (typeof EVENT_DEFINITIONS)[number]['type']): string {
  const event = INTAKE_EXAMPLES.get(type) ?? {};
  const result = readIntakeEvent(event);
  if (result.kind !== 'event' || result.dropped.size > 0) {
    throw new Error(`The example of ${type} does not pass its contract.`);
  }
  return JSON.stringify(event);
}
