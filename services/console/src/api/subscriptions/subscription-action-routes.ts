import { formatRfc3339, parseRfc3339 } from '@strata/contracts';
import {
  askSubscription,
  ledgerEntryJson,
  newSecret,
  OVERLAP_MS_DEFAULT,
  presentOf,
  rotation,
  SubscriptionLedger,
  sealFor,
  standingChange,
} from '@strata/subscriptions';
import { json, problem } from '../answer.ts';
import type { ProblemName } from '../problem.ts';
import { type ApiRoute, defineRoute } from '../route.ts';
import {
  actorOf,
  answered,
  sealerOf,
  subscriptionAnswer,
  versionTag,
} from './subscription-answers.ts';
import {
  historySchema,
  reasonBody,
  replayBody,
  replaySchema,
  rotatedSchema,
  rotationBody,
  subscriptionSchema,
  testSchema,
} from './subscription-bodies.ts';
import { changed, ledgerOf } from './subscription-change.ts';
import type { SubscriptionRouteParts } from './subscription-parts.ts';

const ID = { id: 'Of the subscription.' };
const MS_PER_SECOND = 1_000;
const ASK_PROBLEMS: readonly ProblemName[] = [
  'no-such-subscription',
  'no-subscriptions',
  'backend-away',
];
const CHANGE_PROBLEMS: readonly ProblemName[] = [
  'precondition-failed',
  'changed-meanwhile',
  ...ASK_PROBLEMS,
];

/** What is done to a subscription, and asked of it. */
export function subscriptionActionRoutes(parts: SubscriptionRouteParts): readonly ApiRoute[] {
  return [
    standingRoute(parts, 'pause', 'Holds its deliveries until it is resumed'),
    standingRoute(parts, 'resume', 'Lets it go on with what waited'),
    standingRoute(parts, 'enable', 'Puts it back after the notifier disabled it'),
    rotateRoute(parts),
    testRoute(parts),
    testOutcomeRoute(parts),
    replayRoute(parts),
    historyRoute(parts),
  ];
}

const KINDS = {
  pause: 'subscription-paused',
  resume: 'subscription-resumed',
  enable: 'subscription-enabled',
} as const;

function standingRoute(
  parts: SubscriptionRouteParts,
  verb: keyof typeof KINDS,
  summary: string,
): ApiRoute {
  return defineRoute({
    method: 'POST',
    path: `/v1/subscriptions/{id}/${verb}`,
    scope: 'subscriptions:write',
    operationId: `${verb}Subscription`,
    summary,
    params: ID,
    headers: { 'if-match': 'The ETag of the version that this rests on.' },
    body: reasonBody,
    answers: {
      200: {
        description: 'The subscription.',
        name: 'Subscription',
        schema: subscriptionSchema,
        headers: { ETag: 'The version, for If-Match.' },
      },
    },
    problems: ['other-standing', ...CHANGE_PROBLEMS],
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const id = ask.params['id'] ?? '';
        const to = standingChange(id, KINDS[verb]);
        const state = await changed(ports, ask, { reason: ask.body.reason ?? null, to });
        return subscriptionAnswer(200, presentOf(state, id));
      }),
  });
}

function rotateRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'POST',
    path: '/v1/subscriptions/{id}/rotate-secret',
    scope: 'subscriptions:write',
    operationId: 'rotateSecret',
    summary: 'Gives it a new secret; the former signs beside it for a while',
    params: ID,
    headers: { 'if-match': 'The ETag of the version that this rests on.' },
    body: rotationBody,
    answers: {
      200: { description: 'The new secret.', name: 'RotatedSecret', schema: rotatedSchema },
    },
    problems: ['no-sealing-key', ...CHANGE_PROBLEMS],
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const id = ask.params['id'] ?? '';
        const sealer = sealerOf(ports, ask.language);
        if ('refusal' in sealer) return sealer.refusal;
        const { reason } = ask.body;
        const overlapSeconds = ask.body.overlapSeconds ?? null;
        const overlapMs =
          overlapSeconds === null ? OVERLAP_MS_DEFAULT : overlapSeconds * MS_PER_SECOND;
        const secret = newSecret();
        const to = rotation(id, sealFor(sealer.seal, id, secret), overlapMs);
        const state = await changed(ports, ask, { reason: reason ?? null, to });
        const endMs = state.secrets[1]?.endsAtMs ?? null;
        const formerSecretEndsAt = endMs === null ? null : formatRfc3339(endMs);
        const body = { id, version: state.version, secret, formerSecretEndsAt };
        return json(200, body, { etag: versionTag(state) });
      }),
  });
}

function testRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'POST',
    path: '/v1/subscriptions/{id}/test',
    scope: 'subscriptions:write',
    operationId: 'testSubscription',
    summary: 'Has a notifier send one signed test webhook now',
    description:
      'Once, also to an endpoint that is paused or disabled. Location says what became of it.',
    params: ID,
    body: reasonBody,
    answers: {
      202: {
        description: 'Asked.',
        name: 'SubscriptionTest',
        schema: testSchema,
        headers: { Location: 'Of the outcome.' },
      },
    },
    problems: ASK_PROBLEMS,
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const id = ask.params['id'] ?? '';
        const request = { id, actor: actorOf(ask), reason: ask.body.reason ?? null };
        const asked = await askSubscription(ports, request, { kind: 'test-asked' });
        const location = `/v1/subscriptions/${id}/tests/${asked.id}`;
        return json(202, testJson(asked.ledger, { id, test: asked.id }), { location });
      }),
  });
}

function testOutcomeRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'GET',
    path: '/v1/subscriptions/{id}/tests/{test}',
    scope: 'subscriptions:read',
    operationId: 'getSubscriptionTest',
    summary: 'What became of a test',
    params: { ...ID, test: 'As the answer to the test named it.' },
    answers: {
      200: { description: 'The test.', name: 'SubscriptionTest', schema: testSchema },
    },
    problems: ['no-such-test', ...ASK_PROBLEMS],
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const { id = '', test = '' } = ask.params;
        const ledger = await ledgerOf(ports);
        presentOf(ledger.state(id), id);
        const found = testJson(ledger, { id, test });
        return found === null ? problem('no-such-test', ask.language) : json(200, found);
      }),
  });
}

function testJson(
  ledger: SubscriptionLedger,
  { id, test }: { readonly id: string; readonly test: string },
): Record<string, unknown> | null {
  const found = ledger.state(id)?.tests.find((it) => it.id === test);
  if (found === undefined) return null;
  const { askedAtMs, result } = found;
  return {
    test,
    askedAt: formatRfc3339(askedAtMs),
    outcome: result?.outcome ?? null,
    reason: result?.outcomeReason ?? null,
    tookMs: result?.tookMs ?? null,
  };
}

function replayRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'POST',
    path: '/v1/subscriptions/{id}/replays',
    scope: 'subscriptions:write',
    operationId: 'askReplay',
    summary: 'Has tier changes of the past delivered to it again',
    params: ID,
    body: replayBody,
    answers: { 202: { description: 'Asked.', name: 'Replay', schema: replaySchema } },
    problems: ['no-sealing-key', ...ASK_PROBLEMS],
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const id = ask.params['id'] ?? '';
        const { since, until, givenUp, reason } = ask.body;
        const customerId = ask.body.customerId ?? null;
        let sealedCustomer: Uint8Array | null = null;
        if (customerId !== null) {
          const sealer = sealerOf(ports, ask.language);
          if ('refusal' in sealer) return sealer.refusal;
          sealedCustomer = sealFor(sealer.seal, id, parts.identity.ofWhole(customerId));
        }
        const replay = {
          sinceMs: instantOf(since),
          untilMs: instantOf(until),
          sealedCustomer,
          isGivenUp: givenUp ?? false,
        };
        const request = { id, actor: actorOf(ask), reason: reason ?? null };
        const asked = await askSubscription(ports, request, { kind: 'replay-asked', replay });
        return json(202, { replay: asked.id, subscription: id });
      }),
  });
}

/** The body was checked: what is there is an instant. */
function instantOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : parseRfc3339(text);
}

function historyRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'GET',
    path: '/v1/subscriptions/{id}/history',
    scope: 'subscriptions:read',
    operationId: 'getSubscriptionHistory',
    summary: 'What was changed about it, or asked of it: when, by whom, and why',
    params: ID,
    answers: {
      200: { description: 'Its records.', name: 'SubscriptionHistory', schema: historySchema },
    },
    problems: ['no-such-subscription', 'no-subscriptions', 'backend-away'],
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const id = ask.params['id'] ?? '';
        const records: Record<string, unknown>[] = [];
        const ledger = new SubscriptionLedger(ports);
        await ledger.readOn((entry) => {
          if (entry.record.subscription === id) records.push(ledgerEntryJson(entry));
        });
        // Also of one that was removed: that is what a history is for.
        if (records.length === 0) presentOf(ledger.state(id), id);
        return json(200, { records });
      }),
  });
}
