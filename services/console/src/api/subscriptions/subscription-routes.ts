import {
  type AddressRules,
  changeSubscription,
  contentChange,
  contentOf,
  creation,
  newSecret,
  presentOf,
  removal,
  type SubscriptionContent,
  sealFor,
  subscriptionJson,
} from '@strata/subscriptions';
import { type ApiAnswer, empty, json, problem } from '../answer.ts';
import type { ProblemName } from '../problem.ts';
import { type ApiRoute, defineRoute } from '../route.ts';
import { subscriptionActionRoutes } from './subscription-action-routes.ts';
import {
  actorOf,
  answered,
  type SubscriptionAsk,
  sealerOf,
  subscriptionAnswer,
} from './subscription-answers.ts';
import {
  creationBody,
  listSchema,
  partBody,
  secretSchema,
  subscriptionSchema,
  wholeBody,
} from './subscription-bodies.ts';
import { changed, ledgerOf } from './subscription-change.ts';
import type { SubscriptionRouteParts } from './subscription-parts.ts';

const ID = { id: 'Of the subscription.' };
const TAGGED = { ETag: 'The version, for If-Match.' };
const ONE = { description: 'The subscription.', name: 'Subscription', schema: subscriptionSchema };
const IF_MATCH = { 'if-match': 'The ETag of the version that this rests on; * for any.' };
const CHANGE_PROBLEMS: readonly ProblemName[] = [
  'no-such-subscription',
  'precondition-failed',
  'changed-meanwhile',
  'no-subscriptions',
  'backend-away',
];

/** Webhook subscriptions, as `./strata subscription` shows and changes them. */
export function subscriptionRoutes(parts: SubscriptionRouteParts): readonly ApiRoute[] {
  return [
    listRoute(parts),
    createRoute(parts),
    getRoute(parts),
    replaceRoute(parts),
    changeRoute(parts),
    removeRoute(parts),
    ...subscriptionActionRoutes(parts),
  ];
}

function rulesOf({ ports }: SubscriptionRouteParts): AddressRules {
  const arePrivateAddressesAllowed = ports?.arePrivateAddressesAllowed ?? false;
  return { arePrivateAddressesAllowed, isHttpAllowed: arePrivateAddressesAllowed };
}

function listRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'GET',
    path: '/v1/subscriptions',
    scope: 'subscriptions:read',
    operationId: 'listSubscriptions',
    summary: 'The webhook subscriptions, without their secrets',
    answers: { 200: { description: 'All.', name: 'Subscriptions', schema: listSchema } },
    problems: ['no-subscriptions', 'backend-away'],
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const present = (await ledgerOf(ports)).present();
        return json(200, { subscriptions: present.map(subscriptionJson) });
      }),
  });
}

function createRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'POST',
    path: '/v1/subscriptions',
    scope: 'subscriptions:write',
    operationId: 'addSubscription',
    summary: 'Subscribes an endpoint to tier changes from now on',
    description: 'The secret by which webhooks are signed is in this answer and in no other.',
    body: creationBody(rulesOf(parts)),
    answers: {
      201: {
        description: 'The subscription and its secret.',
        name: 'NewSubscription',
        schema: secretSchema,
        headers: { ...TAGGED, Location: 'Of the subscription.' },
      },
    },
    problems: ['subscription-exists', 'no-sealing-key', ...CHANGE_PROBLEMS.slice(2)],
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const { id, reason = null, ...written } = ask.body;
        const sealer = sealerOf(ports, ask.language);
        if ('refusal' in sealer) return sealer.refusal;
        const secret = newSecret();
        const sealed = sealFor(sealer.seal, id, secret);
        const request = { id, actor: actorOf(ask), reason };
        const state = await changeSubscription(
          ports,
          request,
          creation(id, contentOf(written), sealed),
        );
        const headers = { location: `/v1/subscriptions/${id}` };
        return subscriptionAnswer(201, presentOf(state, id), { members: { secret }, headers });
      }),
  });
}

function getRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'GET',
    path: '/v1/subscriptions/{id}',
    scope: 'subscriptions:read',
    operationId: 'getSubscription',
    summary: 'One subscription, without its secret',
    params: ID,
    answers: { 200: { ...ONE, headers: TAGGED } },
    problems: ['no-such-subscription', 'no-subscriptions', 'backend-away'],
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const id = ask.params['id'] ?? '';
        return subscriptionAnswer(200, presentOf((await ledgerOf(ports)).state(id), id));
      }),
  });
}

function replaceRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'PUT',
    path: '/v1/subscriptions/{id}',
    scope: 'subscriptions:write',
    operationId: 'replaceSubscription',
    summary: 'Says anew what a subscription wants; what is left out takes its default',
    params: ID,
    headers: IF_MATCH,
    body: wholeBody(rulesOf(parts)),
    answers: { 200: { ...ONE, headers: TAGGED } },
    problems: ['precondition-required', ...CHANGE_PROBLEMS],
    handle: (ask) => {
      const { reason = null, ...written } = ask.body;
      return contentAnswer(parts, ask, { reason, change: () => contentOf(written) });
    },
  });
}

function changeRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'PATCH',
    path: '/v1/subscriptions/{id}',
    scope: 'subscriptions:write',
    operationId: 'changeSubscription',
    summary: 'Changes what is named; null takes the default again, and the rest stays',
    params: ID,
    headers: IF_MATCH,
    body: partBody(rulesOf(parts)),
    answers: { 200: { ...ONE, headers: TAGGED } },
    problems: ['precondition-required', ...CHANGE_PROBLEMS],
    handle: (ask) => {
      const { reason = null, ...written } = ask.body;
      const said = Object.entries(written).filter(([, value]) => value !== undefined);
      const change = (before: SubscriptionContent): SubscriptionContent =>
        contentOf({ ...before, ...Object.fromEntries(said) } as Parameters<typeof contentOf>[0]);
      return contentAnswer(parts, ask, { reason, change });
    },
  });
}

function contentAnswer(
  parts: SubscriptionRouteParts,
  ask: SubscriptionAsk,
  {
    reason,
    change,
  }: {
    readonly reason: string | null;
    readonly change: (before: SubscriptionContent) => SubscriptionContent;
  },
): Promise<ApiAnswer> {
  return answered(parts, ask, async (ports) => {
    // Who replaces without having looked undoes the change of somebody else without knowing.
    if (ask.headers['if-match'] === undefined) {
      return problem('precondition-required', ask.language);
    }
    const id = ask.params['id'] ?? '';
    const state = await changed(ports, ask, { reason, to: contentChange(id, change) });
    return subscriptionAnswer(200, presentOf(state, id));
  });
}

function removeRoute(parts: SubscriptionRouteParts): ApiRoute {
  return defineRoute({
    method: 'DELETE',
    path: '/v1/subscriptions/{id}',
    scope: 'subscriptions:write',
    operationId: 'removeSubscription',
    summary: 'Ends a subscription; its history stays',
    params: ID,
    headers: IF_MATCH,
    answers: { 204: { description: 'It is gone.', type: '' } },
    problems: CHANGE_PROBLEMS,
    handle: (ask) =>
      answered(parts, ask, async (ports) => {
        const id = ask.params['id'] ?? '';
        await changed(ports, ask, { reason: null, to: removal(id) });
        return empty(204);
      }),
  });
}
