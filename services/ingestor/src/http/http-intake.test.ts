import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  eventToIntakeJson,
  identity,
  intakeWireToRaw,
  minimisation,
  readIntakeEvent,
  TOPICS,
} from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import { MemoryLog, MemoryLogWriter } from '@strata/memory';
import { type LogWriter, partitionFor, silentLogger } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import {
  createIntakeKey,
  createMetrics,
  keyedMarker,
  keyedPseudonyms,
  keyFileText,
} from '@strata/service-runtime';
import { expect, onTestFinished, test } from 'vitest';
import { createGate } from '../gate.ts';
import { type HttpIntakeSettings, startHttpIntake } from './http-intake.ts';

const PARTITIONS = 4;
const at = Date.parse('2026-01-02T03:04:05.678Z');
const registry = new MemorySchemaRegistry();
await registerSchemas(registry, readSchemaFolder());
const serde = await openTopicSerdes({
  source: registry,
  schemas: readSchemaFolder(),
  clock: { nowMs: () => at },
});
const shop = createIntakeKey({ name: 'shop', sources: ['shop'], eventsPerSecond: 10, burst: 100 });
const any = createIntakeKey({
  name: 'any',
  sources: ['*'],
  eventsPerSecond: 1e6,
  burst: 1_000_000,
});

function aPurchase(customerId: string, eventId: string, source = 'shop'): CustomerEvent {
  const amount = { minor: 12_345, currency: 'CNY' };
  const order = { orderSource: source, orderId: eventId };
  return { type: 'purchase', source, eventId, customerId, occurredAt: at, ...order, amount };
}

const text = (event: CustomerEvent): string => JSON.stringify(eventToIntakeJson(event));
const lines = (...events: readonly CustomerEvent[]): string => events.map(text).join('\n');

interface Given {
  readonly settings?: Partial<HttpIntakeSettings>;
  readonly writer?: (log: MemoryLog) => LogWriter;
}

/** An intake over a log in memory, on a port of loopback, with a clock that stands still. */
async function anIntake({ settings = {}, writer }: Given = {}) {
  const log = new MemoryLog({ nowMs: () => at });
  log.createTopic(TOPICS.events, PARTITIONS);
  const folder = await mkdtemp(join(tmpdir(), 'strata-http-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const keysFile = join(folder, 'keys.json');
  await writeFile(keysFile, keyFileText([shop.key, any.key]));
  const metrics = createMetrics({ withProcess: false });
  const clock = { ms: 0 };
  const intake = await startHttpIntake(
    {
      writer: writer?.(log) ?? new MemoryLogWriter(log),
      serde,
      metrics,
      logger: silentLogger,
      nowMs: () => clock.ms,
      onDropped: () => {},
    },
    {
      keysFile,
      host: '127.0.0.1',
      port: 0,
      bodyBytesMax: 100_000,
      linesMax: 500,
      requestsMax: 4,
      inFlightBytesMax: 1_000_000,
      ackTimeoutMs: 10_000,
      timeMode: 'data',
      rules: minimisation(),
      identity: identity(),
      recordBytesMax: 65_536,
      partitions: PARTITIONS,
      ...settings,
    },
  );
  onTestFinished(() => intake.stop());
  const post = async (body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${intake.url}/v1/events`, {
      method: 'POST',
      body: body as string,
      headers: {
        authorization: `Bearer ${any.token}`,
        'content-type': 'application/x-ndjson',
        ...headers,
      },
    });
    // oxlint-disable-next-line typescript/no-explicit-any
    return { answer, status: answer.status, json: await answer.json() };
  };
  const published = () =>
    Array.from({ length: PARTITIONS }, (_, partition) => {
      const place = { topic: TOPICS.events, partition };
      return log.slice(place, { from: 0, to: 1e9, limit: 1e9 }).records;
    }).flat();
  const events = () =>
    published().map(({ value }) => {
      const raw = intakeWireToRaw(serde(TOPICS.events).decode(value ?? new Uint8Array()));
      const read = readIntakeEvent(raw, { instants: 'epoch-ms', rules: minimisation() });
      return read.kind === 'event' ? read.event : read;
    });
  return { intake, post, published, events, metrics, clock, keysFile };
}

/** A writer that waits until it is let go, or fails. */
function aHeldWriter(log: MemoryLog) {
  const waiting: (() => void)[] = [];
  const inner = new MemoryLogWriter(log);
  let isFailing = false;
  return {
    letGo: () => {
      for (const go of waiting.splice(0)) go();
    },
    fail: () => {
      isFailing = true;
    },
    waits: () => waiting.length,
    writer: {
      send: async (records: Parameters<LogWriter['send']>[0]) => {
        if (isFailing) throw new Error('the broker is away');
        await new Promise<void>((resolve) => waiting.push(resolve));
        await inner.send(records);
      },
      close: () => inner.close(),
    } satisfies LogWriter,
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await nextTurn();
}

test('one object and many lines lie in the partition of their customers, in order', async () => {
  const { post, events, published } = await anIntake();
  const one = aPurchase('c1', 'e1');
  const { status, json } = await post(text(one), { 'content-type': 'application/json' });
  expect([status, json]).toEqual([
    200,
    { accepted: 1, refused: 0, lines: [{ line: 1, status: 'accepted' }] },
  ]);
  const more = Array.from({ length: 20 }, (_, i) => aPurchase(`c${i % 3}`, `e${i + 2}`));
  expect((await post(`\n${lines(...more)}\r\n`)).json.lines[0].line).toBe(2);
  expect(new Set(events())).toEqual(new Set([one, ...more]));
  for (const { key, partition } of published()) {
    expect(partition).toBe(partitionFor(key ?? new Uint8Array(), PARTITIONS));
  }
  const ofOne = events().filter((event) => 'customerId' in event && event.customerId === 'c1');
  expect(ofOne.map((event) => 'eventId' in event && event.eventId)).toEqual(
    [one, ...more].flatMap(({ customerId, eventId }) => (customerId === 'c1' ? [eventId] : [])),
  );
});

test('lies as it came where the gate will look for it, and the gate makes the id of it, once', async () => {
  const pseudonyms = keyedPseudonyms(new Uint8Array(32).fill(9));
  const own = identity({ spaces: ['desk'], pseudonyms });
  const { post, events, published } = await anIntake({ settings: { identity: own } });
  const ofDesk = aPurchase('17', 'e1', 'desk');
  const visit = { ...eventToIntakeJson(aPurchase('', 'e2')), guest: '9f' };
  const link = { type: 'link', source: 'desk', eventId: 'e3', customerId: 'c1', linkedId: 'c9' };
  const said = { ...link, linkedSource: 'shop', occurredAt: '2026-01-02T03:04:05.678Z' };
  // As long as an id may be: with the name of its source before it, it is longer.
  const longest = aPurchase('x'.repeat(256), 'e4', 'desk');
  const sent = [eventToIntakeJson(ofDesk), visit, said, eventToIntakeJson(longest)];
  const { status } = await post(sent.map((one) => JSON.stringify(one)).join('\n'));
  expect(status).toBe(200);
  expect(events()).toContainEqual(ofDesk);
  const gate = createGate({
    serde,
    markerOf: keyedMarker(new Uint8Array(32)),
    settings: { timeMode: 'data', rules: minimisation(), identity: own, recordBytesMax: 65_536 },
    partitions: PARTITIONS,
  });
  const passed = published().map((record) => {
    const { outcome } = gate(record, () => {});
    const routed = outcome.kind === 'passed' ? outcome.routes[0] : undefined;
    if (routed?.record.kind !== 'event') return ['refused', outcome];
    expect([routed.partition, routed.key]).toEqual([record.partition, record.key]);
    const { event } = routed.record;
    const linked = event.type === 'link' ? event.linkedId : null;
    return [event.eventId, [event.customerId, linked]];
  });
  expect(Object.fromEntries(passed)).toEqual({
    e1: [pseudonyms.of('desk:17'), null],
    e2: [pseudonyms.of('guest:9f'), null],
    e3: [pseudonyms.of('c1'), pseudonyms.of('c9')],
    e4: [pseudonyms.of(`desk:${'x'.repeat(256)}`), null],
  });
});

test('says of each line what became of it, and keeps none that is refused', async () => {
  const { post, events, metrics } = await anIntake();
  const sound = aPurchase('c1', 'e1');
  const body = [
    text(sound),
    '{"type":"purchase"',
    text({ ...aPurchase('c1', 'e2'), amount: { minor: -1, currency: 'CNY' } } as CustomerEvent),
    '{"type":"clock","at":"2026-01-02T03:04:05Z"}',
    '{"type":"override-cleared","customerId":"c1"}',
    JSON.stringify({ ...eventToIntakeJson(aPurchase('c2', 'e3')), hobbies: ['go'], note: 'x' }),
  ].join('\n');
  const { status, json } = await post(body, { 'accept-language': 'fr, zh-CN;q=0.8' });
  expect([status, json.accepted, json.refused]).toEqual([207, 2, 4]);
  expect(json.lines).toMatchObject([
    { line: 1, status: 'accepted' },
    { line: 2, reason: 'not-json', field: null },
    { line: 3, reason: 'negative-amount', field: 'amount.minor' },
    { line: 4, reason: 'clock-not-allowed' },
    { line: 5, reason: 'override-not-allowed' },
    { line: 6, status: 'accepted' },
  ]);
  expect(json.lines[2].message).toMatch(/[。；]/);
  expect(events()).toHaveLength(2);
  expect(JSON.stringify(events())).not.toContain('hobbies');
  expect(await metrics.text()).toContain('strata_ingestor_http_refused_total{reason="not-json"} 1');
});

test('a request without a sound line is a problem that names each', async () => {
  const { post, published } = await anIntake();
  const { answer, status, json } = await post('{}\n[]');
  expect([status, answer.headers.get('content-type')]).toEqual([422, 'application/problem+json']);
  expect(json).toMatchObject({
    type: 'urn:strata:intake:all-refused',
    status: 422,
    accepted: 0,
    lines: [
      { line: 1, reason: 'missing-field', field: 'type' },
      { line: 2, reason: 'not-json' },
    ],
  });
  expect(published()).toEqual([]);
});

test('a key sends for its own sources alone, and nobody without one', async () => {
  const { post, intake, events } = await anIntake();
  const authorization = `Bearer ${shop.token}`;
  const { status, json } = await post(lines(aPurchase('c', 'e1', 'desk'), aPurchase('c', 'e2')), {
    authorization,
  });
  expect([status, json.lines[0]]).toMatchObject([207, { reason: 'wrong-source', field: 'source' }]);
  expect(events()).toMatchObject([{ eventId: 'e2' }]);
  for (const wrong of ['', 'Bearer', `Bearer ${shop.token}x`, `Basic ${shop.token}`]) {
    const refused = await post('{}', { authorization: wrong });
    expect(refused.status).toBe(401);
    expect(refused.answer.headers.get('www-authenticate')).toContain('Bearer');
  }
  expect((await fetch(`${intake.url}/v1/openapi.json`)).status).toBe(200);
});

test('unpacks gzip, up to the limit', async () => {
  const { post, events } = await anIntake();
  const gzip = { 'content-encoding': 'gzip' };
  const many = Array.from({ length: 400 }, (_, i) => aPurchase('c1', `e${i}`));
  expect((await post(gzipSync(lines(...many)), gzip)).json).toMatchObject({ accepted: 400 });
  expect(events()).toHaveLength(400);
  const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
  const { status, json } = await post(bomb, gzip);
  expect([status, json.type, json.limit]).toEqual([
    413,
    'urn:strata:intake:body-too-large',
    100_000,
  ]);
  const whole = gzipSync(text(aPurchase('c1', 'cut')));
  expect((await post(whole.subarray(0, 40), gzip)).json.type).toBe('urn:strata:intake:broken-body');
  expect((await post('{}', { 'content-encoding': 'br' })).status).toBe(415);
});

test.each([
  { what: 'a large body', body: 'x'.repeat(100_001), status: 413, name: 'body-too-large' },
  { what: 'many lines', body: '{}\n'.repeat(501), status: 413, name: 'too-many-lines' },
  { what: 'nothing', body: '', status: 400, name: 'empty-body' },
  { what: 'blanks alone', body: ' \n\r\n', status: 400, name: 'empty-body' },
  { what: 'another type', type: 'text/plain', status: 415, name: 'unsupported-type' },
  {
    what: 'another charset',
    type: 'application/json; charset=gbk',
    status: 415,
    name: 'unsupported-type',
  },
])('refuses $what', async ({ body = '{}', type = 'application/x-ndjson', status, name }) => {
  const { post } = await anIntake();
  const refused = await post(body, { 'content-type': type });
  expect([refused.status, refused.json.type]).toEqual([status, `urn:strata:intake:${name}`]);
});

test('a body without a length is cut off where it is too large, and its sender hears why', async () => {
  const { intake } = await anIntake();
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(20_000)),
  });
  const answer = await fetch(`${intake.url}/v1/events`, {
    method: 'POST',
    body: endless,
    headers: { authorization: `Bearer ${any.token}`, 'content-type': 'application/x-ndjson' },
    duplex: 'half',
  } as RequestInit);
  expect(answer.status).toBe(413);
});

test('other paths and methods are told what there is', async () => {
  const { intake } = await anIntake();
  expect((await fetch(`${intake.url}/events`)).status).toBe(404);
  const get = await fetch(`${intake.url}/v1/events`);
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
});

test('a used up quota says when to come again, and fills up with time', async () => {
  const { post, clock } = await anIntake();
  const headers = { authorization: `Bearer ${shop.token}` };
  const many = lines(...Array.from({ length: 80 }, (_, i) => aPurchase('c1', `e${i}`)));
  const first = await post(many, headers);
  expect(first.answer.headers.get('ratelimit-policy')).toBe('"events";q=100;w=10');
  expect(first.answer.headers.get('ratelimit')).toBe('"events";r=20;t=8');
  const second = await post(many, headers);
  expect([second.status, second.answer.headers.get('retry-after')]).toEqual([429, '6']);
  clock.ms += 5_999;
  expect((await post(many, headers)).status).toBe(429);
  clock.ms += 1;
  expect((await post(many, headers)).status).toBe(200);
  clock.ms += 1_000;
  // More than the burst could never be granted: to come again would be no remedy.
  const { status, json } = await post('{}\n'.repeat(101), headers);
  expect([status, json.limit]).toEqual([413, 100]);
});

test('is not acknowledged before the log has it', async () => {
  let held: ReturnType<typeof aHeldWriter> | undefined;
  const { post, intake, events } = await anIntake({
    writer: (log) => {
      held = aHeldWriter(log);
      return held.writer;
    },
  });
  let isAnswered = false;
  const first = post(text(aPurchase('c1', 'e1'))).then((answer) => {
    isAnswered = true;
    return answer;
  });
  await until(() => held?.waits() === 1);
  // Another request comes and goes meanwhile: the first still waits.
  expect((await fetch(`${intake.url}/v1/openapi.json`)).status).toBe(200);
  expect([isAnswered, events()]).toEqual([false, []]);
  held?.letGo();
  expect((await first).status).toBe(200);
  expect(events()).toHaveLength(1);
});

test('too much in flight is told to come again, and is taken when there is room', async () => {
  let held: ReturnType<typeof aHeldWriter> | undefined;
  const { post, events } = await anIntake({
    settings: { requestsMax: 2 },
    writer: (log) => {
      held = aHeldWriter(log);
      return held.writer;
    },
  });
  const sent = [post(text(aPurchase('c1', 'e1'))), post(text(aPurchase('c1', 'e2')))];
  await until(() => held?.waits() === 1);
  let third = await post(text(aPurchase('c1', 'e3')));
  while (third.status === 200) third = await post(text(aPurchase('c1', 'e3')));
  expect([third.status, third.json.type]).toEqual([503, 'urn:strata:intake:busy']);
  expect(third.answer.headers.get('retry-after')).toBe('1');
  const go = setInterval(() => held?.letGo(), 1);
  onTestFinished(() => clearInterval(go));
  expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await post(text(aPurchase('c1', 'e3')))).status).toBe(200);
  expect(events()).toHaveLength(3);
});

test('a log that fails, or is late, is a 503; what had not begun by then is never sent', async () => {
  let held: ReturnType<typeof aHeldWriter> | undefined;
  const { post, intake, events, clock } = await anIntake({
    settings: { ackTimeoutMs: 30 },
    writer: (log) => {
      held = aHeldWriter(log);
      return held.writer;
    },
  });
  const late = await Promise.all([
    post(text(aPurchase('c1', 'begun'))),
    post(text(aPurchase('c1', 'waiting'))),
  ]);
  expect(late.map(({ status, json }) => [status, json.type])).toEqual([
    [503, 'urn:strata:intake:not-acknowledged'],
    [503, 'urn:strata:intake:not-acknowledged'],
  ]);
  expect(intake.report().reasons).toHaveLength(1);
  held?.letGo();
  await until(() => events().length > 0);
  expect(events()).toHaveLength(1);
  held?.fail();
  const failed = await post(text(aPurchase('c1', 'e3')));
  expect([failed.status, failed.answer.headers.get('retry-after')]).toEqual([503, '3']);
  clock.ms += 5_000;
  expect(intake.report().reasons).toEqual([]);
});

test('a stop answers what has begun and closes', async () => {
  let held: ReturnType<typeof aHeldWriter> | undefined;
  const { post, intake, events } = await anIntake({
    writer: (log) => {
      held = aHeldWriter(log);
      return held.writer;
    },
  });
  const begun = post(text(aPurchase('c1', 'e1')));
  await until(() => held?.waits() === 1);
  const stopped = intake.stop();
  held?.letGo();
  const { status, answer } = await begun;
  expect([status, answer.headers.get('connection')]).toEqual([200, 'close']);
  await stopped;
  expect(events()).toHaveLength(1);
  await expect(post(text(aPurchase('c1', 'e2')))).rejects.toThrow();
});

test('who asks before sending a body hears no before it was sent', async () => {
  const { intake } = await anIntake();
  const { port } = new URL(intake.url);
  const socket = connect(Number(port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(
    'POST /v1/events HTTP/1.1\r\nHost: intake\r\nExpect: 100-continue\r\n' +
      'Content-Type: application/json\r\nContent-Length: 10\r\n\r\n',
  );
  let heard = '';
  for await (const chunk of socket) {
    heard += String(chunk);
    if (heard.includes('\r\n')) break;
  }
  expect(heard).toMatch(/^HTTP\/1\.1 401 /);
});
