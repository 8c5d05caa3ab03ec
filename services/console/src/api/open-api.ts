import { z } from 'zod';
import { ANY_ROUTE_PROBLEMS, PROBLEMS, type ProblemName } from './problem.ts';
import type { AnswerDoc, ApiRoute } from './route.ts';

/**
 * The OpenAPI 3.1 document of the API, made of its table of routes: a path, a schema or a problem is
 * described where it is, and nowhere twice.
 */

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export function openApiDocument(routes: readonly ApiRoute[]): Json {
  const schemas: Record<string, Json> = { Problem: problemSchema() };
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const at = (paths[route.path] ??= {});
    at[route.method.toLowerCase()] = operation(route, schemas);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Strata API',
      version: '1.0.0',
      summary: 'Where customers stand, why, and what moves them',
      description:
        'Profiles are read from the state by which customers are graded; each answer says how fresh it is. ' +
        'Every refusal is a problem (RFC 9457) that names the remedy.',
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key made with `./strata api-key add`; it may what its scopes say.',
        },
      },
      schemas,
    },
  };
}

function operation(route: ApiRoute, schemas: Record<string, Json>): Json {
  const { operationId, summary, description, scope, body } = route;
  const parameters = parametersOf(route);
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(scope === null ? { security: [] } : { 'x-scope': scope }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(body, 'input') } },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, doc]) => [
          status,
          answerResponse(doc, route, schemas),
        ]),
      ),
      ...problemResponses(route),
    },
  };
}

function parametersOf({ params = {}, query, headers = {} }: ApiRoute): readonly Json[] {
  const shape = query === undefined ? {} : query.shape;
  return [
    ...Object.entries(params).map(([name, about]) => ({
      name,
      in: 'path',
      required: true,
      description: about,
      schema: { type: 'string' },
    })),
    ...Object.entries(shape).map(([name, each]) => {
      const { description, ...schema } = jsonSchema(each as z.ZodType, 'input');
      const isRequired = !(each as z.ZodType).safeParse(undefined).success;
      return { name, in: 'query', required: isRequired, description, schema };
    }),
    ...Object.entries(headers).map(([name, about]) => ({
      name,
      in: 'header',
      description: about,
      schema: { type: 'string' },
    })),
  ];
}

function answerResponse(
  { description, name, schema, type = 'application/json', headers = {} }: AnswerDoc,
  route: ApiRoute,
  schemas: Record<string, Json>,
): Json {
  if (name !== undefined && schema !== undefined) schemas[name] ??= jsonSchema(schema, 'output');
  const content =
    name !== undefined ? ref(name) : schema !== undefined ? jsonSchema(schema, 'output') : null;
  const text = type === 'application/json' ? null : { type: 'string' };
  return {
    description,
    ...(Object.keys(headers).length === 0
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([header, about]) => [
              header,
              { description: about, schema: { type: 'string' } },
            ]),
          ),
        }),
    ...(content === null && text === null
      ? {}
      : { content: { [route.produces ?? type]: { schema: content ?? text } } }),
  };
}

/** One response for each status, which names the problems that have it. */
function problemResponses(route: ApiRoute): Json {
  const byStatus = new Map<number, ProblemName[]>();
  for (const name of new Set([...ANY_ROUTE_PROBLEMS, ...route.problems])) {
    if (!isPossible(name, route)) continue;
    const { status } = PROBLEMS[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, names]) => [
        status,
        {
          description: names
            .map((name) => `${PROBLEMS[name].title.en} (\`${name}\`): ${PROBLEMS[name].remedy.en}`)
            .join('\n\n'),
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      ]),
  );
}

function isPossible(name: ProblemName, { scope, body, query }: ApiRoute): boolean {
  if (name === 'no-such-path' || name === 'no-such-method') return false;
  if (['unauthorized', 'forbidden', 'quota', 'no-keys'].includes(name)) return scope !== null;
  if (['body-too-large', 'unsupported-type'].includes(name)) return body !== undefined;
  return name !== 'bad-request' || body !== undefined || query !== undefined;
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
        enum: Object.keys(PROBLEMS).map((name) => `urn:strata:api:${name}`),
      },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What is wrong, and what to do.' },
    },
    additionalProperties: true,
  };
}

/** OpenAPI says the dialect for all of its schemas at once. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return rest;
}
