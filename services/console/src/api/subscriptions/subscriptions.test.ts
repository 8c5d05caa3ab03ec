import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identity, TOPICS } from '@strata/contracts';
import { MemoryLog, MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import { sendInTurn, silentLogger } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import {
  API_KEYS,
  type ApiKey,
  createApiKey,
  createMetrics,
  KeyRing,
  keyFileText,
  seal,
  systemClock,
  unseal,
} from '@strata/service-runtime';
import { askSubscription, SubscriptionLedger, unsealFor } from '@strata/subscriptions';
import { expect, onTestFinished, test } from 'vitest';
import { consoleMetrics } from '../../metrics.ts';
import { Api } from '../api.ts';
import { createApiMetrics } from '../api-metrics.ts';
import type { SubscriptionPorts } from './subscription-parts.ts';
import { subscriptionRoutes } from './subscription-routes.ts';

const KEY = Buffer.alloc(32, 4);
const desk = createApiKey({
  name: 'desk',
  scopes: ['subscriptions:read', 'subscriptions:write'],
  burst: 1_000,
});
const guest = createApiKey({ name: 'guest', scopes: ['subscriptions:read'], burst: 1_000 });

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly token?: string;
}

async function anApi(changes: Partial<SubscriptionPorts> | null = {}) {
  const log = new MemoryLog({ nowMs: () => Date.parse('2026-01-02T03:04:05Z') });
  log.createTopic(TOPICS.subscriptions, 1);
  const source = new MemorySchemaRegistry();
  const schemas = readSchemaFolder().filter(({ topic }) => topic === TOPICS.subscriptions);
  await registerSchemas(source, schemas);
  const serdes = await openTopicSerdes({ source, schemas, clock: systemClock });
  const ports: SubscriptionPorts = {
    reader: new MemoryLogReader(log),
    writer: sendInTurn(new MemoryLogWriter(log)),
    serde: serdes(TOPICS.subscriptions),
    seal: (bytes) => seal(KEY, bytes),
    arePrivateAddressesAllowed: false,
    ...changes,
  };
  const folder = mkdtempSync(join(tmpdir(), 'strata-api-'));
  const file = join(folder, 'keys.json');
  writeFileSync(file, keyFileText([desk.key, guest.key]));
  const rateOf = ({ requestsPerSecond: perSecond, burst }: ApiKey) => ({ perSecond, burst });
  const kind = API_KEYS;
  const keys = new KeyRing(file, { kind, rateOf, logger: silentLogger, nowMs: () => 0 });
  const metrics = createMetrics({ withProcess: false });
  const api = new Api({
    routes: subscriptionRoutes({ ports: changes === null ? null : ports, identity: identity() }),
    keys,
    metrics: createApiMetrics(metrics, consoleMetrics(metrics)),
    logger: silentLogger,
    nowMs: () => 0,
  });
  const server = createServer((request, response) => void api.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    api.stop();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  return { ports, ask: askerOf(port) };
}

function askerOf(port: number) {
  return async (
    path: string,
    { method = 'GET', body, ifMatch, token = desk.token }: Asked = {},
  ) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/subscriptions${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text === '' ? null : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, headers: response.headers, text, json };
  };
}

const crm = { id: 'crm', url: 'https://crm.example.org/hook', directions: ['down'] };
const post = (body: unknown = {}): Asked => ({ method: 'POST', body });

test('a subscription is created with its secret once, and read without it, tagged by its version', async () => {
  const { ask, ports } = await anApi();
  const created = await ask('', post({ ...crm, reason: 'win back' }));
  expect([created.status, created.headers.get('location'), created.headers.get('etag')]).toEqual([
    201,
    '/v1/subscriptions/crm',
    '"1"',
  ]);
  const secret = String(created.json?.['secret']);
  expect(secret).toMatch(/^whsec_/);
  const read = await ask('/crm', { token: guest.token });
  expect([read.status, read.headers.get('etag')]).toEqual([200, '"1"']);
  expect(read.json).toMatchObject({
    id: 'crm',
    directions: ['down'],
    minimumSteps: 1,
    deliver: 'every',
    concurrency: 8,
    activeFrom: '2026-01-02T03:04:05.000Z',
    changedBy: 'api:desk',
  });
  const listed = await ask('');
  const history = await ask('/crm/history');
  expect(history.json).toMatchObject({ records: [{ actor: 'api:desk', reason: 'win back' }] });
  for (const { text } of [read, listed, history]) expect(text).not.toContain(secret.slice(6));
  const ledger = new SubscriptionLedger(ports);
  await ledger.readOn();
  const sealed = ledger.state('crm')?.secrets[0]?.sealed ?? new Uint8Array();
  expect(unsealFor((bytes) => unseal(KEY, bytes), 'crm', sealed)).toBe(secret);
});

test('a change rests on the version that If-Match names, or is refused and not applied', async () => {
  const { ask } = await anApi();
  await ask('', post(crm));
  const patch = (body: unknown, ifMatch?: string): Asked => ({
    method: 'PATCH',
    body,
    ...(ifMatch === undefined ? {} : { ifMatch }),
  });
  expect((await ask('/crm', patch({ concurrency: 3 }))).json).toMatchObject({ status: 428 });
  const first = await ask('/crm', patch({ concurrency: 3, tiers: ['gold'] }, '"1"'));
  expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"']);
  for (const late of ['"1"', 'W/"2"', 'x']) {
    expect((await ask('/crm', patch({ concurrency: 4 }, late))).json).toMatchObject({
      status: 412,
      type: 'urn:strata:api:precondition-failed',
    });
  }
  const cleared = await ask('/crm', patch({ tiers: null }, '*'));
  expect(cleared.json).toMatchObject({ version: 3, concurrency: 3, tiers: null });
  const replaced = await ask('/crm', { method: 'PUT', body: { url: crm.url }, ifMatch: '"3"' });
  expect(replaced.json).toMatchObject({ version: 4, concurrency: 8, directions: null });
  expect((await ask('/crm', { method: 'DELETE', ifMatch: '"1"' })).status).toBe(412);
  expect((await ask('/crm', { method: 'DELETE', ifMatch: '"4"' })).status).toBe(204);
  expect((await ask('/crm')).json).toMatchObject({ type: 'urn:strata:api:no-such-subscription' });
  expect((await ask('/crm/history')).json).toMatchObject({ records: { length: 5 } });
});

test('of changes at the same moment none is lost without its sender knowing', async () => {
  const { ask } = await anApi();
  await ask('', post(crm));
  const asked = [1, 2, 3, 4, 5].map((concurrency) =>
    ask('/crm', { method: 'PATCH', body: { concurrency }, ifMatch: '"1"' }),
  );
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 412)).toHaveLength(4);
  expect((await ask('/crm')).json).toMatchObject({ version: 2 });
});

test('it is paused, resumed, and rotated; what does not fit how it stands is refused', async () => {
  const { ask } = await anApi();
  const { json } = await ask('', post(crm));
  const paused = await ask('/crm/pause', post({ reason: 'maintenance' }));
  expect(paused.json).toMatchObject({ standing: 'paused', heldReason: 'maintenance' });
  expect((await ask('/crm/enable', post())).json).toMatchObject({ status: 409 });
  expect((await ask('/crm/resume', post())).json).toMatchObject({ standing: 'active' });
  const rotated = await ask('/crm/rotate-secret', post({ overlapSeconds: 60 }));
  expect(rotated.json).toMatchObject({ formerSecretEndsAt: '2026-01-02T03:05:05.000Z' });
  expect(rotated.json?.['secret']).not.toBe(json?.['secret']);
  expect((await ask('/crm/rotate-secret', post({ overlapSeconds: -1 }))).status).toBe(400);
});

test('a test is asked, and its outcome found where Location says', async () => {
  const { ask, ports } = await anApi();
  await ask('', post(crm));
  const asked = await ask('/crm/test', post());
  expect(asked).toMatchObject({ status: 202, json: { outcome: null } });
  const where = (asked.headers.get('location') ?? '').replace('/v1/subscriptions', '');
  const result = {
    test: String(asked.json?.['test']),
    outcome: 'rejected',
    outcomeReason: 'status-404',
    tookMs: 7,
  };
  const notifier = { id: 'crm', actor: 'notifier', reason: null };
  await askSubscription(ports, notifier, { kind: 'test-ended', result });
  expect((await ask(where)).json).toMatchObject({
    outcome: 'rejected',
    reason: 'status-404',
    tookMs: 7,
  });
  expect((await ask('/crm/tests/other')).json).toMatchObject({
    type: 'urn:strata:api:no-such-test',
  });
  expect((await ask('/crm')).headers.get('etag')).toBe('"1"');
});

test('a replay names its customer to the notifier alone', async () => {
  const { ask, ports } = await anApi();
  await ask('', post(crm));
  for (const wrong of [
    {},
    { since: 'yesterday' },
    { since: '2026-01-02T00:00:00Z', until: '2026-01-02T00:00:00Z' },
  ]) {
    expect((await ask('/crm/replays', post(wrong))).status).toBe(400);
  }
  const asked = await ask(
    '/crm/replays',
    post({ since: '2026-01-01T00:00:00Z', customerId: 'c-private' }),
  );
  expect(asked.status).toBe(202);
  const ledger = new SubscriptionLedger(ports);
  await ledger.readOn();
  const [replay] = ledger.state('crm')?.replays ?? [];
  expect(replay).toMatchObject({ sinceMs: Date.parse('2026-01-01T00:00:00Z'), isGivenUp: false });
  const sealed = replay?.sealedCustomer ?? new Uint8Array();
  expect(unsealFor((bytes) => unseal(KEY, bytes), 'crm', sealed)).toBe('c-private');
  expect((await ask('/crm/history')).text).not.toContain('c-private');
});

test.each([
  { why: 'a private address', body: { ...crm, url: 'https://127.0.0.1/' }, field: 'url' },
  { why: 'plain http', body: { ...crm, url: 'http://a.example/' }, field: 'url' },
  { why: 'an unknown type', body: { ...crm, types: ['upgraded'] }, field: 'types.0' },
  { why: 'a field of no subscription', body: { ...crm, tier: 'gold' }, field: 'tier' },
  { why: 'an id that is none', body: { ...crm, id: 'A' }, field: 'id' },
])('refuses $why by its place', async ({ body, field }) => {
  const { ask } = await anApi();
  const { status, json } = await ask('', post(body));
  expect(status).toBe(400);
  expect(json).toMatchObject({ errors: [{ field }] });
});

test('a key that may only read changes nothing', async () => {
  const { ask } = await anApi();
  expect((await ask('', { ...post(crm), token: guest.token })).json).toMatchObject({
    status: 403,
    scope: 'subscriptions:write',
  });
});

test('without the key of the stack, or the topic, it says so', async () => {
  const { ask } = await anApi({ seal: null });
  expect((await ask('', post(crm))).json).toMatchObject({ type: 'urn:strata:api:no-sealing-key' });
  expect((await ask('')).status).toBe(200);
  const { ask: askNone } = await anApi(null);
  expect((await askNone('')).json).toMatchObject({ type: 'urn:strata:api:no-subscriptions' });
});
