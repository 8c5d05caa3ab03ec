import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import axios, { type AxiosResponse } from 'axios';
import { OpenAPIClientAxios } from 'openapi-client-axios';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RealStack } from './real-stack.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- an answer is what the tests look at
type Json = any;

let stack: RealStack;
let document: Json;
let client: Readonly<Record<string, (...args: readonly unknown[]) => Promise<AxiosResponse>>>;
let anonymous: typeof client;
const called = new Set<string>();

const purchase = (customerId: string, day: string): string =>
  JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: `${customerId} ${day}`,
    customerId,
    orderId: `${customerId} ${day}`,
    occurredAt: `${day}T00:00:00Z`,
    amount: { minor: 9e4, currency: 'CNY' },
  });

beforeAll(async () => {
  stack = await RealStack.open();
  await stack.must('up', '--time', 'data', '--partitions', '2');
  const { writeFile } = await import('node:fs/promises');
  const events = ['c1', 'c/2 林'].map((id) => purchase(id, '2026-01-02'));
  await writeFile(stack.path('events.ndjson'), `${events.join('\n')}\n`);
  await stack.must('import', 'events.ndjson', '--format', 'events');
  const { api } = JSON.parse((await stack.must('status', '--json')).stdout);
  document = (await axios.get(`${api.url}/v1/openapi.json`)).data;
  const clientWith = async (headers: Record<string, string>) => {
    const axiosConfigDefaults = { baseURL: api.url, headers, validateStatus: () => true };
    const made = new OpenAPIClientAxios({ definition: document, axiosConfigDefaults });
    return (await made.init()) as unknown as typeof client;
  };
  client = await clientWith({ authorization: `Bearer ${api.key}` });
  anonymous = await clientWith({});
}, 240_000);
afterAll(() => stack.close());

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

function operations(): readonly Json[] {
  return Object.values<Json>(document.paths).flatMap((methods) => Object.values<Json>(methods));
}

/** Calls an operation and holds its answer against what the document says of that status. */
async function call(
  operationId: string,
  args: readonly unknown[],
  by = client,
): Promise<AxiosResponse> {
  const operation = by[operationId];
  if (operation === undefined) throw new Error(`The document has no operation ${operationId}.`);
  const response = await operation(...args);
  called.add(operationId);
  const described = operations().find((each) => each.operationId === operationId);
  const answer = described.responses[response.status];
  expect(answer, `${operationId} answers ${response.status} as it says`).toBeDefined();
  const type = String(response.headers['content-type'] ?? '').split(';')[0] ?? '';
  const schema = answer.content?.[type]?.schema;
  if (type.endsWith('json')) {
    const isValid = ajv.compile({ ...schema, components: document.components });
    expect(isValid(response.data), JSON.stringify(isValid.errors)).toBe(true);
  }
  return response;
}

test('a client made from the document reads, and every answer is as it says', async () => {
  const profile = await call('getCustomer', [{ id: 'c/2 林' }]);
  expect(profile.data).toMatchObject({ customerId: 'c/2 林', policy: 'shop' });
  const { etag } = profile.headers;
  const again = await call('getCustomer', [
    { id: 'c/2 林' },
    null,
    { headers: { 'if-none-match': etag } },
  ]);
  expect(again.status).toBe(304);
  expect((await call('getCustomer', [{ id: 'nobody' }])).status).toBe(404);
  const late = { id: 'c1', notOlderThan: '2030-01-01T00:00:00Z' };
  expect((await call('getCustomer', [late])).status).toBe(503);
  expect((await call('explainCustomer', [{ id: 'c1' }])).data.tier).toBe(
    (await call('getCustomer', [{ id: 'c1' }])).data.tier,
  );
  const batch = await call('getCustomers', [null, { ids: ['c1', 'nobody'] }]);
  expect(batch.data.results.map(({ status }: Json) => status)).toEqual(['found', 'unknown']);
  expect((await call('getCustomers', [null, { ids: [] }])).status).toBe(400);
  const page = await call('listTier', [{ tier: profile.data.tier, limit: '10' }]);
  expect(page.status).toBe(200);
  expect((await call('listTier', [{ tier: 'none-such' }])).status).toBe(404);
  const csv = await call('exportTiers', [null, null, { headers: { accept: 'text/csv' } }]);
  expect(csv.data.split('\n')).toHaveLength(4);
  expect((await call('describe', [])).data).toEqual(document);
  const stream = await call('streamTierChanges', [
    { after: 'earliest' },
    null,
    { responseType: 'stream', headers: { accept: 'text/event-stream' } },
  ]);
  expect(stream.status).toBe(200);
  for await (const chunk of stream.data) if (String(chunk).includes('event: assigned')) break;
  const gone = { after: 'AQEAAA' };
  expect((await call('streamTierChanges', [gone])).status).toBe(400);
  expect((await call('getCustomer', [{ id: 'c1' }], anonymous)).status).toBe(401);
}, 60_000);

test('it subscribes, changes, tries and removes, and every answer is as it says', async () => {
  const id = { id: 'crm' };
  const url = 'http://127.0.0.1:9/nobody-listens';
  const added = await call('addSubscription', [null, { ...id, url, types: ['demoted'] }]);
  expect(added.status).toBe(201);
  expect(added.data.secret).toMatch(/^whsec_/);
  expect((await call('addSubscription', [null, { ...id, url }])).status).toBe(409);
  expect((await call('listSubscriptions', [])).data.subscriptions).toHaveLength(1);
  const one = await call('getSubscription', [id]);
  expect(JSON.stringify(one.data)).not.toContain(added.data.secret);
  const at = (response: AxiosResponse) => ({ headers: { 'if-match': response.headers['etag'] } });
  const changed = await call('changeSubscription', [id, { perSecond: 5 }, at(one)]);
  expect(changed.data).toMatchObject({ perSecond: 5, types: ['demoted'] });
  expect((await call('changeSubscription', [id, { perSecond: 6 }, at(one)])).status).toBe(412);
  expect((await call('changeSubscription', [id, { perSecond: 6 }])).status).toBe(428);
  const replaced = await call('replaceSubscription', [id, { url }, at(changed)]);
  expect(replaced.data.types).toBeNull();
  for (const [operation, standing] of [
    ['pauseSubscription', 'paused'],
    ['resumeSubscription', 'active'],
  ]) {
    expect((await call(operation ?? '', [id, {}])).data.standing).toBe(standing);
  }
  expect((await call('enableSubscription', [id, {}])).status).toBe(409);
  expect((await call('rotateSecret', [id, {}])).data.secret).toMatch(/^whsec_/);
  const asked = await call('testSubscription', [id, {}]);
  expect(asked.status).toBe(202);
  const tried = await call('getSubscriptionTest', [{ ...id, test: asked.data.test }]);
  expect(tried.status).toBe(200);
  expect((await call('askReplay', [id, { since: '2026-01-01T00:00:00Z' }])).status).toBe(202);
  const { data } = await call('getSubscriptionHistory', [id]);
  expect(data.records.length).toBeGreaterThan(5);
  expect(
    (await call('removeSubscription', [id, null, at(await call('getSubscription', [id]))])).status,
  ).toBe(204);
  expect((await call('getSubscription', [id])).status).toBe(404);
}, 60_000);

test('no operation of the document was left out', () => {
  const ids: readonly string[] = operations().map(({ operationId }) => operationId);
  expect([...called].toSorted()).toEqual(ids.toSorted());
});
