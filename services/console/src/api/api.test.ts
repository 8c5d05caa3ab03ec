import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@strata/pipeline';
import {
  API_KEYS,
  type ApiKey,
  createApiKey,
  createMetrics,
  KeyRing,
  keyFileText,
} from '@strata/service-runtime';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { consoleMetrics } from '../metrics.ts';
import { json } from './answer.ts';
import { Api } from './api.ts';
import { createApiMetrics } from './api-metrics.ts';
import { defineRoute } from './route.ts';

const reader = createApiKey({ name: 'reader', scopes: ['profiles:read'], burst: 6 });
const writer = createApiKey({ name: 'writer', scopes: ['subscriptions:write'] });

const routes = [
  defineRoute({
    method: 'GET',
    path: '/v1/things/{id}',
    scope: 'profiles:read',
    operationId: 'getThing',
    summary: 'A thing',
    query: z.strictObject({ deep: z.enum(['yes', 'no']).optional() }),
    answers: { 200: { description: 'It.' } },
    problems: [],
    handle: ({ params, query }) => json(200, { id: params['id'], deep: query.deep ?? null }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/things/{id}',
    scope: 'subscriptions:write',
    operationId: 'putThing',
    summary: 'Writes it',
    body: z.strictObject({ size: z.number().int() }),
    bodyBytesMax: 100,
    answers: { 200: { description: 'Written.' } },
    problems: [],
    handle: ({ body }) => json(200, { size: body.size }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/things/broken',
    scope: null,
    operationId: 'break',
    summary: 'Fails',
    answers: { 200: { description: 'Never.' } },
    problems: [],
    handle: () => {
      throw new TypeError('the secret of c-17');
    },
  }),
];

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function anApi(keys: readonly ApiKey[] | null = [reader.key, writer.key]) {
  const metrics = createMetrics({ withProcess: false });
  const logged: string[] = [];
  const logger = {
    ...silentLogger,
    error: (fields: unknown, text: string) => void logged.push(JSON.stringify(fields) + text),
  };
  const folder = mkdtempSync(join(tmpdir(), 'strata-api-'));
  const file = join(folder, 'keys.json');
  writeFileSync(file, keyFileText(keys ?? []));
  const rateOf = ({ requestsPerSecond: perSecond, burst }: ApiKey) => ({ perSecond, burst });
  const ring = new KeyRing(file, { kind: API_KEYS, rateOf, logger, nowMs: () => 0 });
  const api = new Api({
    routes,
    keys: keys === null ? null : ring,
    metrics: createApiMetrics(metrics, consoleMetrics(metrics)),
    logger,
    nowMs: () => 0,
  });
  const server = createServer((request, response) => void api.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    api.stop();
    ring.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  return { ask: askerOf(port), metrics, logged, api, port };
}

function askerOf(port: number) {
  return async (path: string, init: Asked = {}) => {
    const { token, headers, ...rest } = init;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...rest,
      headers: { ...authorization, ...headers },
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { response, status: response.status, json: isJson ? JSON.parse(text) : null, text };
  };
}

const { token } = reader;

test('a route is found by its path, its parameters are decoded, its query is checked', async () => {
  const { ask } = await anApi();
  const id = '林/记 %';
  const { json: found } = await ask(`/v1/things/${encodeURIComponent(id)}?deep=yes`, { token });
  expect(found).toEqual({ id, deep: 'yes' });
  for (const wrong of ['?deep=maybe', '?depth=1', '?deep=yes&deep=no']) {
    const { status, json: told, response } = await ask(`/v1/things/a${wrong}`, { token });
    expect([status, response.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json',
    ]);
    expect(told).toMatchObject({ type: 'urn:strata:api:bad-request', in: 'query' });
    expect(told.errors[0].field).toMatch(/deep|depth/);
  }
  expect((await ask('/v1/things/%ff', { token })).json).toMatchObject({ status: 400, in: 'path' });
});

test('who shows no key, another one, or one without the scope is told what to do', async () => {
  const { ask } = await anApi();
  const none = await ask('/v1/things/a');
  expect([none.status, none.response.headers.get('www-authenticate')]).toEqual([
    401,
    'Bearer realm="strata"',
  ]);
  expect(none.json.detail).toContain('./strata api-key add');
  expect((await ask('/v1/things/a', { token: `${token}x` })).status).toBe(401);
  const lacking = await ask('/v1/things/a', {
    token: writer.token,
    headers: { 'accept-language': 'zh-CN' },
  });
  expect(lacking.json).toMatchObject({ status: 403, scope: 'profiles:read' });
  expect(lacking.json.title).toContain('权限');
  expect(lacking.response.headers.get('www-authenticate')).toContain('insufficient_scope');
});

test('without a file of keys it says so, and open routes still answer', async () => {
  const { ask } = await anApi(null);
  const refused = await ask('/v1/things/a', { token });
  expect(refused.json).toMatchObject({ status: 503, type: 'urn:strata:api:no-keys' });
  expect(refused.json.detail).toContain('STRATA_CONSOLE_API_KEYS');
  expect((await ask('/v1/things/broken')).status).toBe(500);
});

test('methods are those of the table, HEAD and OPTIONS with them', async () => {
  const { ask } = await anApi();
  const wrong = await ask('/v1/things/a', { method: 'DELETE', token });
  expect([wrong.status, wrong.response.headers.get('allow')]).toEqual([
    405,
    'GET, HEAD, POST, OPTIONS',
  ]);
  const options = await ask('/v1/things/a', { method: 'OPTIONS' });
  expect([options.status, options.response.headers.get('allow')]).toEqual([
    204,
    'GET, HEAD, POST, OPTIONS',
  ]);
  const head = await ask('/v1/things/a', { method: 'HEAD', token });
  expect([head.status, head.text]).toEqual([200, '']);
  expect(Number(head.response.headers.get('content-length'))).toBeGreaterThan(10);
  expect((await ask('/v1/nothing')).json).toMatchObject({ status: 404 });
});

test.each([
  { accept: 'application/json', status: 200 },
  { accept: 'text/html, */*;q=0.1', status: 200 },
  { accept: 'application/json;q=0, */*', status: 406 },
  { accept: 'text/html', status: 406 },
])('Accept: $accept is answered $status', async ({ accept, status }) => {
  const { ask } = await anApi();
  expect((await ask('/v1/things/a', { token, headers: { accept } })).status).toBe(status);
});

test('a body is JSON of bounded size that fits its schema', async () => {
  const { ask } = await anApi();
  const post = (body: string, type = 'application/json', more = {}) =>
    ask('/v1/things/a', {
      method: 'POST',
      token: writer.token,
      body,
      headers: { 'content-type': type, ...more },
    });
  expect((await post('{"size":3}')).json).toEqual({ size: 3 });
  expect((await post('{"size":3}', 'text/plain')).status).toBe(415);
  expect((await post('{"size":3}', 'application/json', { 'content-encoding': 'br' })).status).toBe(
    415,
  );
  expect((await post('{')).json).toMatchObject({ status: 400, in: 'body' });
  expect((await post('{"size":"3"}')).json.errors).toMatchObject([{ field: 'size' }]);
  expect((await post(`{"size":${' '.repeat(200)}3}`)).json).toMatchObject({
    status: 413,
    limit: 100,
  });
});

test('a body without a length is cut off at its bound too', async () => {
  const { port } = await anApi();
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => void (text += String(chunk)));
  const chunk = `40\r\n${' '.repeat(64)}\r\n`;
  socket.write(
    `POST /v1/things/a HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${writer.token}\r\n` +
      `content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunk}${chunk}`,
  );
  await expect.poll(() => text).toContain('413');
});

test('the quota of a key is its own', async () => {
  const { ask } = await anApi();
  const statuses: number[] = [];
  for (let i = 0; i < 7; i += 1) statuses.push((await ask('/v1/things/a', { token })).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429]);
  const refused = await ask('/v1/things/a', { token });
  expect(Number(refused.response.headers.get('retry-after'))).toBeGreaterThan(0);
  const other = { method: 'POST', token: writer.token, body: '{"size":1}' };
  const headers = { 'content-type': 'application/json' };
  expect((await ask('/v1/things/a', { ...other, headers })).status).toBe(200);
});

test('a fault is told without its message, and counted by route', async () => {
  const { ask, logged, metrics } = await anApi();
  const failed = await ask('/v1/things/broken');
  expect(failed.json).toMatchObject({ status: 500, type: 'urn:strata:api:internal-fault' });
  expect(failed.text + logged.join()).not.toContain('c-17');
  expect(logged.join()).toContain('TypeError');
  await ask('/v1/things/c-17', { token });
  const text = await metrics.text();
  expect(text).toContain('route="/v1/things/{id}",status="200"');
  expect(text).not.toContain('c-17');
});

test('one that stops takes nothing new', async () => {
  const { ask, api } = await anApi();
  api.stop();
  const refused = await ask('/v1/things/a', { token });
  expect(refused.json).toMatchObject({ status: 503, type: 'urn:strata:api:stopping' });
});
