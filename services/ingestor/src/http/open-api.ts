import { intakeJsonSchema } from '@strata/contracts';
import { CUSTOMER_EVENT_TYPES } from '@strata/domain';
import { PROBLEMS, type ProblemName } from './problem.ts';
import { ACCEPTED_TYPES } from './request-form.ts';

/**
 * The OpenAPI 3.1 document of the HTTP intake. The events are the contracts' own schemas, so that a
 * field is described in one place; the problems are those of `problem.ts`.
 */

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

const WITH_RETRY: readonly ProblemName[] = ['quota', 'busy', 'not-acknowledged', 'stopping'];

export function openApiDocument(): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Strata HTTP intake',
      version: '1.0.0',
      summary: 'Events of customers, into the log by which they are graded',
      description:
        'An event is answered `accepted` when Kafka has acknowledged it on every replica. It counts once, ' +
        'by (source, eventId), however often it is sent: any request may be sent again as it is. ' +
        'Unknown fields are dropped and counted.',
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths: {
      '/v1/events': { post: postEvents() },
      '/v1/openapi.json': {
        get: {
          operationId: 'describe',
          summary: 'This document',
          security: [],
          responses: {
            200: {
              description: 'OpenAPI 3.1',
              content: { 'application/json': { schema: { type: 'object' } } },
            },
          },
        },
      },
    },
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key made with `./strata intake-key add`; it sends for its own sources alone.',
        },
      },
      schemas: schemas(),
    },
  };
}

let text: string | undefined;

/** The document as it is served, the same bytes each time. */
export function openApiText(): string {
  text ??= `${JSON.stringify(openApiDocument(), null, 2)}\n`;
  return text;
}

function postEvents(): Json {
  const taken = (description: string): Json => ({
    description,
    headers: rateLimitHeaders(),
    content: { 'application/json': { schema: ref('Answer') } },
  });
  return {
    operationId: 'sendEvents',
    summary: 'Sends one event, or one to a line',
    description:
      'Each line is accepted or refused for itself, in order; what is refused is told to the sender and kept ' +
      'nowhere. The body may be packed (`Content-Encoding: gzip`); limits hold for the unpacked size.',
    parameters: [
      {
        name: 'Content-Encoding',
        in: 'header',
        schema: { type: 'string', enum: ['gzip', 'identity'] },
      },
      {
        name: 'Accept-Language',
        in: 'header',
        description: 'Of the messages: zh or en.',
        schema: { type: 'string' },
      },
    ],
    requestBody: {
      required: true,
      description: `One of ${ACCEPTED_TYPES}, in UTF-8.`,
      content: {
        'application/json': { schema: ref('Event') },
        'application/x-ndjson': {
          schema: { type: 'string', description: 'One Event to a line.' },
        },
      },
    },
    responses: {
      200: taken('Every line was accepted and lies in the log.'),
      207: taken(
        'Some lines were accepted and lie in the log; `lines` says which were refused, and why.',
      ),
      ...problemResponses(),
    },
  };
}

/** One response for each status, which names the problems that have it. */
function problemResponses(): Json {
  const byStatus = new Map<number, ProblemName[]>();
  for (const name of Object.keys(PROBLEMS) as ProblemName[]) {
    if (['no-such-path', 'no-such-method'].includes(name)) continue;
    const { status } = PROBLEMS[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      {
        description: names
          .map((name) => `${PROBLEMS[name].title.en} (\`${name}\`): ${PROBLEMS[name].remedy.en}`)
          .join('\n\n'),
        ...(names.some((name) => WITH_RETRY.includes(name)) ? { headers: retryHeaders() } : {}),
        content: {
          'application/problem+json': {
            schema: names.includes('all-refused') ? ref('RefusedAnswer') : ref('Problem'),
          },
        },
      },
    ]),
  );
}

function retryHeaders(): Json {
  const seconds = { schema: { type: 'integer', minimum: 0 } };
  return { 'Retry-After': { description: 'Seconds to wait.', ...seconds } };
}

function rateLimitHeaders(): Json {
  const schema = { type: 'string' };
  return {
    'RateLimit-Policy': { description: 'Quota of the key: q events in w seconds.', schema },
    RateLimit: { description: 'Events left (r), and seconds until all are (t).', schema },
  };
}

function schemas(): Json {
  const events = CUSTOMER_EVENT_TYPES.map((type) => [eventName(type), eventSchema(type)] as const);
  const mapping = Object.fromEntries(
    CUSTOMER_EVENT_TYPES.map((type) => [type, `#/components/schemas/${eventName(type)}`]),
  );
  const counts = { type: 'integer', minimum: 0 };
  const answer = {
    accepted: counts,
    refused: counts,
    lines: { type: 'array', items: ref('LineAnswer') },
  };
  return {
    Event: {
      oneOf: events.map(([name]) => ref(name)),
      discriminator: { propertyName: 'type', mapping },
    },
    ...Object.fromEntries(events),
    Answer: { type: 'object', required: Object.keys(answer), properties: answer },
    LineAnswer: lineAnswerSchema(),
    Problem: problemSchema(),
    RefusedAnswer: {
      allOf: [
        ref('Problem'),
        { type: 'object', required: Object.keys(answer), properties: answer },
      ],
    },
  };
}

function lineAnswerSchema(): Json {
  const line = { type: 'integer', minimum: 1, description: 'As the sender counts them.' };
  return {
    type: 'object',
    required: ['line', 'status'],
    properties: {
      line,
      status: { type: 'string', enum: ['accepted', 'refused'] },
      reason: {
        type: 'string',
        description: 'Of a refused line: a reason of dead letters, or `wrong-source`.',
      },
      field: { type: ['string', 'null'], description: 'Where it is, as far as that may be told.' },
      message: { type: 'string', description: 'For a person, in the language asked for.' },
    },
  };
}

/** RFC 9457. */
function problemSchema(): Json {
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: {
        type: 'string',
        format: 'uri',
        enum: Object.keys(PROBLEMS).map((name) => `urn:strata:intake:${name}`),
      },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What to do.' },
      limit: { type: 'integer', description: 'Bytes or lines that are allowed.' },
    },
  };
}

/** `order-cancelled` is `OrderCancelledEvent`. */
function eventName(type: string): string {
  const words = type.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Event`;
}

/** OpenAPI says the dialect for all of its schemas at once. */
function eventSchema(type: (typeof CUSTOMER_EVENT_TYPES)[number]): Json {
  const { $schema: _dialect, ...schema } = intakeJsonSchema(type);
  return schema;
}
