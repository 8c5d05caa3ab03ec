import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TOPICS } from '@strata/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlainRecord, recordsOfAll } from './marker-search.ts';
import { RealStack, waitFor } from './real-stack.ts';

const PARTITIONS = 4;
const MARK = 'zebra-of-the-test';

let stack: RealStack;
let intake: { readonly url: string; readonly key: string };
let apiKey = '';
/** Of the subscription. */
let secret = '';
/** Refuses each delivery once. */
const refusedOnce = new Set<string>();
const received: { readonly id: string; readonly traceparent: string | undefined }[] = [];
const server = createServer((request, response) => {
  const id = String(request.headers['webhook-id']);
  request.resume();
  request.on('end', () => {
    const { traceparent } = request.headers;
    received.push({ id, traceparent: typeof traceparent === 'string' ? traceparent : undefined });
    response.writeHead(refusedOnce.has(id) ? 204 : 503).end();
    refusedOnce.add(id);
  });
});

const aTrace = (): string =>
  `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;

function aPurchase(customerId: string): string {
  return JSON.stringify({
    type: 'purchase',
    source: 'shop',
    eventId: `e ${customerId}`,
    customerId,
    occurredAt: new Date().toISOString(),
    orderId: `o ${customerId}`,
    amount: { minor: 500, currency: 'CNY' },
  });
}

async function post(body: string, traceparent?: string, key = intake.key): Promise<number> {
  const answer = await fetch(`${intake.url}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/x-ndjson',
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

const records = (): Promise<readonly PlainRecord[]> =>
  recordsOfAll(stack.file().addresses?.brokers ?? []);

/** By topic, the traces of the records of a customer. */
async function tracesOf(customerId: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const own = (await records()).filter(({ key }) => key?.toString() === customerId);
  const topics = [TOPICS.events, TOPICS.customerLog, TOPICS.tierChanges];
  return Object.fromEntries(
    topics.map((topic) => [
      topic,
      own
        .filter((record) => record.topic === topic)
        .map(({ headers }) => String(headers['traceparent'] ?? 'none')),
    ]),
  );
}

/** All lines of the services, with the service that wrote each. */
function lines(): readonly { readonly service: string; readonly text: string }[] {
  const folder = join(stack.dataDir, 'logs');
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => ({ service: name.replace(/\.log$/, ''), text })),
  );
}

const followed = (customerId: string) =>
  waitFor(
    async () => (await tracesOf(customerId))[TOPICS.tierChanges]?.length === 1,
    `the tier change of ${customerId}`,
  );

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  stack = await RealStack.open({
    USER: 'ann',
    STRATA_LOG_LEVEL: 'debug',
    STRATA_NOTIFIER_RETRY_LADDER_SECONDS: '0,1,1',
  });
  await stack.must('up', '--partitions', String(PARTITIONS));
  await stack.must('policy', 'publish', 'shop', '--yes');
  const url = `http://127.0.0.1:${port}/`;
  secret = (await stack.must('subscription', 'add', 'hook', '--url', url)).stdout.trim();
  const status = JSON.parse((await stack.must('status', '--json')).stdout) as {
    readonly intake: typeof intake;
    readonly api: { readonly key: string };
  };
  intake = status.intake;
  apiKey = status.api.key;
});
afterAll(async () => {
  await stack?.close();
  server.close();
  server.closeAllConnections();
});

test('a purchase is followed from the HTTP intake to the webhook: one trace in every record, every request and every service’s log', async () => {
  const traceparent = aTrace();
  expect(await post(aPurchase('c-http'), traceparent)).toBe(200);
  await followed('c-http');
  expect(await tracesOf('c-http')).toEqual({
    [TOPICS.events]: [traceparent],
    [TOPICS.customerLog]: [traceparent],
    [TOPICS.tierChanges]: [traceparent],
  });
  const told = () => received.filter((it) => it.traceparent === traceparent);
  await waitFor(async () => told().length === 2, 'the webhook to be refused and taken');
  const traceId = traceparent.split('-')[1] ?? '';
  const lineOf = (service: string): string =>
    lines().find((line) => line.service === service && line.text.includes(traceId))?.text ?? '{}';
  expect(JSON.parse(lineOf('ingestor'))).toMatchObject({ traceId });
  const place = { partition: expect.any(Number), offset: expect.any(Number) };
  expect(JSON.parse(lineOf('scorer'))).toMatchObject({ topic: TOPICS.customerLog, ...place });
  expect(JSON.parse(lineOf('notifier'))).toMatchObject({ topic: TOPICS.tierChanges, ...place });
});

test('a trace that is none, or is missing, is made at the door; one of a record comes with it', async () => {
  expect(await post(aPurchase('c-bad'), `${aTrace()}-more`)).toBe(200);
  expect(await post(aPurchase('c-none'))).toBe(200);
  const { brokers = [] } = stack.file().addresses ?? {};
  const own = aTrace();
  const producer = new Kafka({
    clientId: 'shop',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
  }).producer();
  await producer.connect();
  const value = (id: string): Buffer => Buffer.from(aPurchase(id));
  await producer.send({
    topic: TOPICS.events,
    messages: [
      { key: 'c-kafka', value: value('c-kafka'), headers: { traceparent: own } },
      { key: 'c-plain', value: value('c-plain') },
    ],
  });
  await producer.disconnect();
  const made = new Set<string>();
  for (const id of ['c-bad', 'c-none']) {
    await followed(id);
    const traces = new Set(Object.values(await tracesOf(id)).flat());
    expect(traces.size, id).toBe(1);
    for (const trace of traces) made.add(trace);
  }
  expect(made.size).toBe(2);
  for (const trace of made) expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  await followed('c-kafka');
  expect(new Set(Object.values(await tracesOf('c-kafka')).flat())).toEqual(new Set([own]));
  await followed('c-plain');
  expect(new Set(Object.values(await tracesOf('c-plain')).flat())).toEqual(new Set(['none']));
});

test('a rebuild folds the same state again, and nothing comes twice', async () => {
  const published = async (): Promise<readonly string[]> =>
    (await records())
      .filter(({ topic }) => topic === TOPICS.tierChanges)
      .map(({ headers }) => [headers['ce_id'], headers['traceparent']].map(String).join(' '))
      .toSorted();
  const before = await published();
  await stack.must('rebuild');
  const verified = JSON.parse((await stack.must('verify', '--from-log', '--json')).stdout);
  expect(verified).toMatchObject({ isSame: true });
  expect(await published()).toEqual(before);
});

test('no line and no metric of any service names a customer, a value, a secret or a key, whatever goes wrong', async () => {
  const marked = { [`${MARK}-field`]: MARK, note: MARK, email: `${MARK}@example.org` };
  const sound = JSON.parse(aPurchase(`${MARK}-sound`)) as Record<string, unknown>;
  await post(`${JSON.stringify({ ...sound, ...marked })}\n`, aTrace());
  await post(`${JSON.stringify({ ...sound, amount: MARK })}\n{"${MARK}": ${MARK}}\n`, aTrace());
  expect(await post(aPurchase('c-refused'), aTrace(), `${MARK}-key`)).toBe(401);
  const { brokers = [] } = stack.file().addresses ?? {};
  const producer = new Kafka({
    clientId: 'shop',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
  }).producer();
  await producer.connect();
  const framed = Buffer.concat([Buffer.from([0, 0, 1, 0x86, 0x9f]), Buffer.from(MARK)]);
  const headers = { traceparent: aTrace(), [MARK]: MARK };
  const bad = [
    Buffer.from(MARK),
    Buffer.from(`{"type":"${MARK}"}`),
    Buffer.from(JSON.stringify({ ...sound, eventId: 'e old', occurredAt: MARK })),
    framed,
  ];
  await producer.send({
    topic: TOPICS.events,
    messages: bad.map((value) => ({ key: `${MARK}-key`, value, headers })),
  });
  await producer.disconnect();
  await followed(`${MARK}-sound`);
  await waitFor(
    async () =>
      (await records()).filter(({ topic }) => topic === TOPICS.deadLetters).length >= bad.length,
    'the dead letters',
  );
  await waitFor(async () => received.length >= 12, 'each webhook to be refused once and taken');
  const secrets = [
    MARK,
    'c-http',
    'c-kafka',
    secret.replace('whsec_', ''),
    intake.key,
    apiKey,
    readFileSync(join(stack.dataDir, 'sealing.key'), 'utf8').trim(),
  ];
  const said = lines().map(({ service, text }) => `${service}: ${text}`);
  for (const { kind, name, port } of stack.file().processes) {
    if (kind !== 'service') continue;
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    said.push(...(await answer.text()).split('\n').map((line) => `${name} metric: ${line}`));
  }
  const levels = new Set(said.flatMap((line) => /"level":"(\w+)"/.exec(line)?.[1] ?? []));
  expect(levels).toContain('debug');
  expect(levels).toContain('warn');
  expect(said.filter((line) => secrets.some((it) => line.includes(it)))).toEqual([]);
});
