import { explanationToJson } from '@strata/contracts';
import { explain } from '@strata/domain';
import { z } from 'zod';
import { type ApiAnswer, empty, json, problem } from '../answer.ts';
import type { ApiMetrics } from '../api-metrics.ts';
import type { ProblemName } from '../problem.ts';
import { type ApiRoute, defineRoute } from '../route.ts';
import { badDemand, demandOf, freshnessHeaders, refusalOf } from './customer-answers.ts';
import { entityTagOf, isNoneMatch } from './entity-tag.ts';
import type { CustomerFinder, Sought } from './find-customers.ts';
import { standingOf } from './find-customers.ts';
import {
  type Freshness,
  freshnessBody,
  freshnessSchema,
  leastFresh,
  notOlderThan,
} from './freshness.ts';
import { instantOrNull, type ProfileBody, profileSchema } from './profile-body.ts';
import { whySchema } from './why-body.ts';

export interface CustomerRouteParts {
  readonly finder: CustomerFinder;
  readonly metrics: ApiMetrics;
}

const IDS_MAX = 500;
const ID_LENGTH_MAX = 1_024;
/** 500 ids of the longest, in JSON. */
const BATCH_BYTES_MAX = 1_048_576;
/** So many ids of a batch cost as much of a quota as one request. */
const IDS_PER_TOKEN = 10;
/** A batch lets others in after so many evaluations. */
const EVALUATIONS_PER_TURN = 50;

const READ_PROBLEMS: readonly ProblemName[] = ['not-fresh', 'not-ready', 'backend-away'];
const ID = 'Of the customer, percent-encoded as UTF-8.';
const FRESH_HEADER = {
  'Strata-Freshness': 'As `freshness` in the body: as-of, read-at, lag-records, lag-seconds.',
};
const DEMAND_HEADER = {
  'strata-not-older-than': 'As `notOlderThan`, which comes before it.',
};
const freshQuery = z.strictObject({ notOlderThan: notOlderThan.optional() });

const batchSchema = z.object({
  results: z.array(
    z.object({
      id: z.string().describe('As it was asked for; results are in the order of the ids.'),
      status: z.enum(['found', 'unknown']),
      profile: profileSchema.optional().describe('Of one that was found.'),
    }),
  ),
  freshness: freshnessSchema.nullable().describe('The least fresh of all that was read.'),
});

export function customerRoutes(parts: CustomerRouteParts): readonly ApiRoute[] {
  return [profileRoute(parts), whyRoute(parts), batchRoute(parts)];
}

function profileRoute({ finder, metrics }: CustomerRouteParts): ApiRoute {
  return defineRoute({
    method: 'GET',
    path: '/v1/customers/{id}',
    scope: 'profiles:read',
    operationId: 'getCustomer',
    summary: 'Where a customer stands',
    description:
      'Evaluated now; in data time, at the furthest clock. An id that is part of another customer since a merge or a ' +
      'link answers with that one, and `aliases` says so.',
    params: { id: ID },
    query: freshQuery,
    headers: {
      ...DEMAND_HEADER,
      'if-none-match': 'The ETag of an earlier answer: 304 where nothing of the profile differs.',
    },
    answers: {
      200: {
        description: 'The profile.',
        name: 'Profile',
        schema: profileSchema,
        headers: { ETag: 'Of the profile without `at` and `freshness`.', ...FRESH_HEADER },
      },
      304: { description: 'As before.', type: '', headers: FRESH_HEADER },
    },
    problems: ['no-such-customer', ...READ_PROBLEMS],
    handle: async ({ params, query, headers, language }) => {
      const demand = demandOf(query, headers);
      if (demand === 'bad-demand') return badDemand(language);
      const sought = await finder.one(params['id'] ?? '', demand);
      if (sought.kind !== 'found') return refusalOf(sought, language, metrics);
      const standing = JSON.stringify(standingOf(sought));
      const etag = entityTagOf(standing);
      const more = { etag, ...freshnessHeaders(sought.freshness) };
      if (isNoneMatch(headers['if-none-match'], etag)) return empty(304, more);
      const rest = JSON.stringify({
        at: instantOrNull(sought.at),
        freshness: freshnessBody(sought.freshness),
      });
      const body = `${standing.slice(0, -1)},${rest.slice(1)}\n`;
      return { status: 200, type: 'application/json', body, headers: more };
    },
  });
}

function whyRoute({ finder, metrics }: CustomerRouteParts): ApiRoute {
  return defineRoute({
    method: 'GET',
    path: '/v1/customers/{id}/why',
    scope: 'profiles:read',
    operationId: 'explainCustomer',
    summary: 'Why a customer has its tier, and what would change it',
    description:
      'As `./strata why --json` tells it, of the present alone. What led there is on the stream and in the log.',
    params: { id: ID },
    query: freshQuery,
    headers: DEMAND_HEADER,
    answers: {
      200: {
        description: 'The explanation.',
        name: 'Why',
        schema: whySchema,
        headers: FRESH_HEADER,
      },
    },
    problems: ['no-such-customer', 'ungraded', ...READ_PROBLEMS],
    handle: async ({ params, query, headers, language }) => {
      const demand = demandOf(query, headers);
      if (demand === 'bad-demand') return badDemand(language);
      const sought = await finder.one(params['id'] ?? '', demand);
      if (sought.kind !== 'found') return refusalOf(sought, language, metrics);
      const { view, customerId, state, at, aliases, freshness } = sought;
      const explanation = explain({ partition: view.state, customerId, state, at });
      if (explanation === null) return problem('ungraded', language);
      const evidence = explanation.evidence.map((it) => `${view.state.partition}:${it}`);
      const body = { ...explanationToJson(explanation), evidence, aliases };
      return json(
        200,
        { ...body, freshness: freshnessBody(freshness) },
        freshnessHeaders(freshness),
      );
    },
  });
}

function batchRoute({ finder, metrics }: CustomerRouteParts): ApiRoute {
  return defineRoute({
    method: 'POST',
    path: '/v1/customers/batch',
    scope: 'profiles:read',
    operationId: 'getCustomers',
    summary: `Where up to ${IDS_MAX} customers stand`,
    description: `Each is found or unknown for itself. ${IDS_PER_TOKEN} ids cost as much of the quota as one request.`,
    query: freshQuery,
    headers: DEMAND_HEADER,
    body: z.strictObject({
      ids: z.array(z.string().min(1).max(ID_LENGTH_MAX)).min(1).max(IDS_MAX),
    }),
    bodyBytesMax: BATCH_BYTES_MAX,
    answers: {
      200: { description: 'In the order of the ids.', name: 'Batch', schema: batchSchema },
    },
    problems: READ_PROBLEMS,
    handle: async ({ body, query, headers, language, spend }) => {
      if (!spend(Math.ceil(body.ids.length / IDS_PER_TOKEN) - 1)) return quotaUsedUp(language);
      const demand = demandOf(query, headers);
      if (demand === 'bad-demand') return badDemand(language);
      const all = await finder.many(body.ids, demand);
      const refused = all.find(({ kind }) => kind === 'not-fresh' || kind === 'not-ready');
      if (refused !== undefined && refused.kind !== 'found') {
        return refusalOf(refused, language, metrics);
      }
      return json(200, await batchBody(body.ids, all));
    },
  });
}

async function batchBody(
  ids: readonly string[],
  all: readonly Sought[],
): Promise<z.output<typeof batchSchema>> {
  const results: z.output<typeof batchSchema>['results'] = [];
  for (const [index, sought] of all.entries()) {
    const id = ids[index] ?? '';
    if (sought.kind === 'found') results.push({ id, status: 'found', profile: profileOf(sought) });
    else results.push({ id, status: 'unknown' });
    if (index % EVALUATIONS_PER_TURN === EVALUATIONS_PER_TURN - 1) await nextTurn();
  }
  const read = all.flatMap((it): readonly Freshness[] => ('freshness' in it ? [it.freshness] : []));
  const least = leastFresh(read);
  return { results, freshness: least === null ? null : freshnessBody(least) };
}

function profileOf(found: Extract<Sought, { kind: 'found' }>): ProfileBody {
  return {
    ...standingOf(found),
    at: instantOrNull(found.at) ?? '',
    freshness: freshnessBody(found.freshness),
  };
}

function quotaUsedUp(language: Parameters<typeof problem>[1]): ApiAnswer {
  return problem('quota', language, { headers: { 'retry-after': '1' } });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
