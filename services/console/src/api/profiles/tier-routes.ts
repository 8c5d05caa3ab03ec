import { z } from 'zod';
import { json, problem } from '../answer.ts';
import { type ApiRoute, defineRoute } from '../route.ts';
import { freshnessBody, freshnessSchema, leastFresh } from './freshness.ts';
import { type StandingBody, standingSchema } from './profile-body.ts';
import { cursorText, parseCursor, type TierCursor } from './tier-cursor.ts';
import { type TierWalkParts, tierPage } from './walk-tier.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 500;
/** So many customers of a page cost as much of a quota as one request. */
const CUSTOMERS_PER_TOKEN = 10;

const memberSchema = standingSchema.pick({
  customerId: true,
  tier: true,
  labels: true,
  since: true,
  score: true,
  segment: true,
  policy: true,
  policyVersion: true,
  customerSeq: true,
});

const pageSchema = z.object({
  customers: z.array(memberSchema),
  next: z.string().nullable().describe('The cursor of the next page; null at the end.'),
  freshness: freshnessSchema.nullable().describe('The least fresh of what was read.'),
});

const limitQuery = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, `has to be a whole number from 1 to ${LIMIT_MAX}`)
  .transform(Number)
  .refine((limit) => limit <= LIMIT_MAX, `has to be a whole number from 1 to ${LIMIT_MAX}`)
  .optional()
  .describe(
    `About so many customers to a page; ${LIMIT_DEFAULT} where it is not said, ${LIMIT_MAX} at most.`,
  );

export function tierRoutes(parts: TierWalkParts): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/tiers/{tier}/customers',
      scope: 'profiles:read',
      operationId: 'listTier',
      summary: 'The customers of a tier, page by page',
      description:
        'Follow `next` until it is null. A page may be short, or empty, and still have a next one: each does a bounded ' +
        'part of the work. Who is in the tier all the while is on one of the pages.',
      params: { tier: 'As the policy names it.' },
      query: z.strictObject({
        cursor: z.string().max(2_000).optional().describe('`next` of the page before.'),
        limit: limitQuery,
        policy: z
          .string()
          .optional()
          .describe('Of this policy alone, where several have tiers of the same name.'),
      }),
      answers: { 200: { description: 'A page.', name: 'TierPage', schema: pageSchema } },
      problems: ['no-such-tier', 'bad-cursor', 'cursor-expired', 'not-ready', 'backend-away'],
      handle: async ({ params, query, language, spend }) => {
        const tier = params['tier'] ?? '';
        const { limit = LIMIT_DEFAULT, policy = null } = query;
        const first: TierCursor = { tier, policy, partition: 0, place: null };
        const { partitions } = parts.reader;
        const cursor =
          query.cursor === undefined
            ? first
            : parseCursor(query.cursor, { tier, policy, partitions });
        if (cursor === null) return problem('bad-cursor', language);
        if (!spend(Math.ceil(limit / CUSTOMERS_PER_TOKEN) - 1)) {
          return problem('quota', language, { headers: { 'retry-after': '1' } });
        }
        const { state } = await parts.reader.head(cursor.partition);
        const tiers = new Set(
          state.policySets.flatMap((set) => set.policies.flatMap(({ ladder }) => ladder)),
        );
        if (tiers.size > 0 && !tiers.has(tier)) {
          return problem('no-such-tier', language, { members: { tiers: [...tiers] } });
        }
        const page = await tierPage(cursor, limit, parts);
        if (page.kind === 'expired') return problem('cursor-expired', language);
        if (page.kind === 'not-ready') {
          return problem('not-ready', language, { members: { partition: page.partition } });
        }
        const least = leastFresh(page.freshness);
        return json(200, {
          customers: page.customers.map(memberOf),
          next: page.next === null ? null : cursorText(page.next),
          freshness: least === null ? null : freshnessBody(least),
        });
      },
    }),
  ];
}

function memberOf(standing: StandingBody): z.output<typeof memberSchema> {
  const { customerId, tier, labels, since, score, segment } = standing;
  const { policy, policyVersion, customerSeq } = standing;
  return { customerId, tier, labels, since, score, segment, policy, policyVersion, customerSeq };
}
