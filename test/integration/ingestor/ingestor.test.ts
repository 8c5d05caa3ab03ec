import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  clockControlToJson,
  eventToIntakeJson,
  eventToIntakeWire,
  TOPICS,
  unpackOriginal,
} from '@strata/contracts';
import type { CustomerEvent } from '@strata/domain';
import { ensureTopics } from '@strata/kafka';
import { freePort } from '@strata/local-stack';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import { createIntakeKey, keyFileText, unseal } from '@strata/service-runtime';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Arrived, IngestorStack, KEY, PARTITIONS } from './ingestor-stack.ts';

const at = Date.parse('2026-01-02T03:04:05.678Z');
const bytes = (text: string) => new TextEncoder().encode(text);
const partitionOf = (customerId: string) => partitionFor(bytes(customerId), PARTITIONS);

let stack: IngestorStack;

beforeAll(async () => {
  stack = await IngestorStack.start();
}, 300_000);

afterEach(() => stack.killAll());

afterAll(() => stack?.stop());

function aPurchase(customerId: string, eventId: string): CustomerEvent {
  const order = { orderSource: 'shop', orderId: eventId };
  const amount = { minor: 12_345, currency: 'CNY' };
  return {
    type: 'purchase',
    source: 'shop',
    eventId,
    customerId,
    occurredAt: at,
    ...order,
    amount,
  };
}

function sent(topic: string, customerId: string, value: Uint8Array): OutgoingRecord {
  return { topic, partition: partitionOf(customerId), key: bytes(customerId), value, headers: {} };
}

const json = (value: object) => bytes(JSON.stringify(value));

test('killed in the middle and started again, it has lost nothing and kept the order', async () => {
  const customers = Array.from({ length: 40 }, (_, index) => `c${index}`);
  const rounds = Array.from({ length: 60 }, (_, round) => `e${String(round).padStart(3, '0')}`);
  const records = rounds.flatMap((eventId) =>
    customers.map((customerId) => {
      const event = aPurchase(customerId, `${customerId}-${eventId}`);
      return sent(TOPICS.events, customerId, json(eventToIntakeJson(event)));
    }),
  );
  const first = stack.ingestor('data');
  const half = records.length / 2;
  await stack.writer.send(records.slice(0, half));
  await stack.until(
    'the first records arrived',
    async () => (await stack.customerLog()).length > 0,
  );
  const rest = stack.writer.send(records.slice(half));
  await stack.end(first, 'SIGKILL');
  await rest;
  const marks = Array.from({ length: PARTITIONS }, (_, partition) => {
    const value = json(clockControlToJson({ kind: 'clock', at: at + 1_000 }));
    return { topic: TOPICS.events, partition, key: null, value, headers: {} };
  });
  await stack.writer.send(marks);

  const second = stack.ingestor('data');
  await stack.readToTheEnd();
  const log = await stack.customerLog();
  for (const customerId of customers) {
    const ids = log.flatMap(({ read }) =>
      read.kind === 'event' && read.event.customerId === customerId ? [read.event.eventId] : [],
    );
    // Repeats may lie between; what came first came first.
    expect([...new Set(ids)]).toEqual(rounds.map((eventId) => `${customerId}-${eventId}`));
  }
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const own = log.filter((record) => record.partition === partition);
    expect(own.at(-1)?.read).toEqual({ kind: 'clock', at: at + 1_000 });
  }
  expect(
    log.every(
      ({ read, partition }) =>
        read.kind !== 'event' || partitionOf(read.event.customerId) === partition,
    ),
  ).toBe(true);
  expect(await stack.end(second, 'SIGTERM')).toBe(0);
}, 180_000);

test('takes Avro from the registry and sends what it cannot use to the dead letters, sealed', async () => {
  const child = stack.ingestor('data');
  const event = aPurchase('avro-customer', 'avro-1');
  const broken = json({ ...eventToIntakeJson(event), amount: { minor: -1, currency: 'CNY' } });
  await stack.writer.send([
    sent(
      TOPICS.purchases,
      'avro-customer',
      stack.serde(TOPICS.purchases).encode(eventToIntakeWire(event)),
    ),
    sent(TOPICS.purchases, 'avro-customer', broken),
  ]);
  await stack.readToTheEnd();
  const arrived = (await stack.customerLog()).filter(
    ({ read }) => read.kind === 'event' && read.event.customerId === 'avro-customer',
  );
  expect(arrived.map(({ read }) => read)).toEqual([{ kind: 'event', event, clockAt: at }]);
  const letters = await stack.letters();
  expect(letters).toMatchObject([{ reason: 'negative-amount', detail: 'amount.minor' }]);
  const original = unpackOriginal(unseal(KEY, letters[0]?.sealed ?? new Uint8Array()));
  expect(Buffer.from(original.value ?? []).equals(broken)).toBe(true);
  expect(await stack.end(child, 'SIGTERM')).toBe(0);
}, 120_000);

test('told to end under load by HTTP, it answers what it has begun and loses nothing of it', async () => {
  const { key, token } = createIntakeKey({ name: 'shop', sources: ['shop'] });
  const keysFile = join(stack.folder, 'keys.json');
  await writeFile(keysFile, keyFileText([key]));
  const port = await freePort();
  const child = stack.ingestor('data', {
    STRATA_INGESTOR_HTTP_KEYS: keysFile,
    STRATA_INGESTOR_HTTP_PORT: String(port),
  });
  const url = `http://127.0.0.1:${port}/v1`;
  await stack.until('it takes events by HTTP', async () => {
    const answer = await fetch(`${url}/openapi.json`).catch(() => null);
    return answer?.ok === true;
  });
  const accepted: string[] = [];
  let number = 0;
  const sendOn = async (): Promise<void> => {
    for (;;) {
      const ids = Array.from({ length: 10 }, () => `http-${number++}`);
      const lines = ids.map((id) => JSON.stringify(eventToIntakeJson(aPurchase('by-http', id))));
      const answer = await fetch(`${url}/events`, {
        method: 'POST',
        body: gzipSync(lines.join('\n')),
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/x-ndjson',
          'content-encoding': 'gzip',
        },
      }).catch(() => null);
      if (answer?.status !== 200) return;
      accepted.push(...ids);
    }
  };
  const senders = Array.from({ length: 4 }, sendOn);
  await stack.until('some are accepted', async () => accepted.length > 100);
  expect(await stack.end(child, 'SIGTERM')).toBe(0);
  await Promise.all(senders);
  const next = stack.ingestor('data');
  await stack.readToTheEnd();
  const arrived = (await stack.customerLog()).flatMap(({ read }) =>
    read.kind === 'event' && read.event.customerId === 'by-http' ? [read.event.eventId] : [],
  );
  expect(accepted.filter((id) => !arrived.includes(id))).toEqual([]);
  expect(await stack.end(next, 'SIGTERM')).toBe(0);
}, 120_000);

const ERP = 'erp.orders';
const ERP_MAP = `
map: erp
source: erp
currency: CNY
topic: ${ERP}
rules: [{when: {state: draft}, skip: not placed}]
fields: {customerId: buyer, occurredAt: {from: at, formats: epoch-ms}, orderId: no}
events:
  - {type: purchase, eventId: no, amount: {minor: fen}}
  - {type: order-cancelled, eventId: {from: no, suffix: ':void'}, when: {state: void}}
`;

test('a topic of another system is read by its map; killed in the middle, the accounts add up', async () => {
  const folder = join(stack.folder, 'maps');
  await mkdir(folder);
  await writeFile(join(folder, 'erp.yaml'), ERP_MAP);
  const kafka = { clientId: 'ingestor-test', brokers: stack.backends.brokers };
  await ensureTopics(kafka, [{ name: ERP, partitions: PARTITIONS, config: {} }]);
  const states = ['paid', 'void', 'draft', 'lost'];
  const orders = Array.from({ length: 2_000 }, (_, index) => {
    const state = states[index % states.length] ?? '';
    // What is lost has no price.
    const fen = state === 'lost' ? {} : { fen: index };
    return sent(
      ERP,
      `b${index % 50}`,
      json({ no: `o${index}`, buyer: `b${index % 50}`, at, state, ...fen }),
    );
  });
  const env = { STRATA_INGESTOR_MAPS: folder };
  const isOfErp = ({ read }: Arrived): boolean =>
    read.kind === 'event' && read.event.source === 'erp';
  const first = stack.ingestor('data', env);
  await stack.writer.send(orders.slice(0, 1_000));
  await stack.until('the first arrived', async () => (await stack.customerLog()).some(isOfErp));
  await stack.end(first, 'SIGKILL');
  await stack.writer.send(orders.slice(1_000));
  stack.ingestor('data', env);
  await stack.readToTheEnd([ERP]);

  const log = (await stack.customerLog()).filter(isOfErp);
  const ids = new Set(log.map(({ read }) => (read.kind === 'event' ? read.event.eventId : '')));
  const ofErp = (await stack.letters()).filter(({ topic }) => topic === ERP);
  // 500 of each state: paid one event, void two, draft none and counted, lost a letter; repeats by the kill are dropped by the fold.
  expect(ids.size).toBe(500 + 2 * 500);
  expect(new Set(ofErp.map(({ id }) => id)).size).toBe(500);
  expect(ofErp.every(({ reason, detail }) => reason === 'bad-price' && detail === 'fen')).toBe(
    true,
  );
  const [letter] = ofErp;
  const original = unpackOriginal(unseal(KEY, letter?.sealed ?? new Uint8Array()));
  expect(JSON.parse(new TextDecoder().decode(original.value ?? new Uint8Array()))).toMatchObject({
    state: 'lost',
  });
}, 120_000);
