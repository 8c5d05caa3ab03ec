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

test('a client made from the document calls every operation, and every answer is as it says', async () => {
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
  const ids: readonly string[] = operations().map(({ operationId }) => operationId);
  expect([...called].toSorted()).toEqual(ids.toSorted());
}, 60_000);
