import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  clockControlToJson,
  deadLetterFromWire,
  eventToIntakeJson,
  eventToIntakeWire,
  INTAKE_TOPICS,
  logRecordFromWire,
  TOPICS,
  unpackOriginal,
} from '@strata/contracts';
import type { CustomerEvent, LogRecord } from '@strata/domain';
import { ensureTopics, KafkaLogReader, KafkaLogWriter } from '@strata/kafka';
import { type Backends, startBackends } from '@strata/local-stack';
import { type OutgoingRecord, partitionFor, type TopicRecord } from '@strata/pipeline';
import {
  ConfluentSchemaRegistry,
  deploySchemas,
  openTopicSerdes,
  readSchemaFolder,
  readSchemaHistory,
} from '@strata/schema-registry';
import { systemClock, unseal } from '@strata/service-runtime';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

/**
 * The process as it runs in production, on a broker and a registry of its own: topics of a stack
 * have one name each.
 */

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = join(ROOT, 'services/ingestor/src/main.ts');
const PARTITIONS = 4;
const KEY = Buffer.alloc(32, 5);
const WAIT_MS = 90_000;
const at = Date.parse('2026-01-02T03:04:05.678Z');
const bytes = (text: string) => new TextEncoder().encode(text);
const partitionOf = (customerId: string) => partitionFor(bytes(customerId), PARTITIONS);

let dataDir: string;
let stack: Backends;
let reader: KafkaLogReader;
let writer: KafkaLogWriter;
let serde: Awaited<ReturnType<typeof openTopicSerdes>>;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'strata-ingestor-'));
  stack = await startBackends({ root: ROOT, dataDir });
  const kafka = { clientId: 'ingestor-test', brokers: stack.brokers };
  const config = { 'message.timestamp.type': 'LogAppendTime' };
  const names = [...INTAKE_TOPICS, TOPICS.customerLog, TOPICS.deadLetters];
  await ensureTopics(
    kafka,
    names.map((name) => ({ name, partitions: PARTITIONS, config })),
  );
  const source = new ConfluentSchemaRegistry({ url: stack.registryUrl });
  await deploySchemas(source, readSchemaHistory());
  serde = await openTopicSerdes({ source, schemas: readSchemaFolder(), clock: systemClock });
  reader = new KafkaLogReader(kafka);
  writer = new KafkaLogWriter(kafka);
});

afterEach(async () => {
  for (const child of running) await end(child, 'SIGKILL');
});

afterAll(async () => {
  await Promise.all([reader.close(), writer.close()]);
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function start(env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      STRATA_KAFKA_BROKERS: stack.brokers.join(','),
      STRATA_REGISTRY_URL: stack.registryUrl,
      STRATA_SEALING_KEY: KEY.toString('base64'),
      STRATA_TIME_MODE: 'data',
      STRATA_LOG_LEVEL: 'warn',
      ...env,
    },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

async function recordsOf(topic: string): Promise<TopicRecord[]> {
  const found: TopicRecord[] = [];
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    for await (const batch of reader.read({ topic, partition, offset: 0 })) found.push(...batch);
  }
  return found;
}

async function customerLog(): Promise<{ partition: number; read: LogRecord }[]> {
  return (await recordsOf(TOPICS.customerLog)).map(({ partition, value }) => ({
    partition,
    read: logRecordFromWire(serde(TOPICS.customerLog).decode(value ?? new Uint8Array())),
  }));
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await delay(50);
  }
}

/** Everything sent is behind the positions that the group has committed. */
async function isReadToTheEnd(topics: readonly string[] = INTAKE_TOPICS): Promise<boolean> {
  const committed = await reader.committed('strata-ingestor', topics);
  for (const topic of topics) {
    for (const [partition, { end: last }] of (await reader.bounds(topic)).entries()) {
      if (last > 0 && (committed.get(`${topic}:${partition}`) ?? 0) < last) return false;
    }
  }
  return true;
}

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
  const first = start();
  const half = records.length / 2;
  await writer.send(records.slice(0, half));
  await until('the first records arrived', async () => (await customerLog()).length > 0);
  const rest = writer.send(records.slice(half));
  await end(first, 'SIGKILL');
  await rest;
  const marks = Array.from({ length: PARTITIONS }, (_, partition) => {
    const value = json(clockControlToJson({ kind: 'clock', at: at + 1_000 }));
    return { topic: TOPICS.events, partition, key: null, value, headers: {} };
  });
  await writer.send(marks);

  const second = start();
  await until('all was read', () => isReadToTheEnd());
  const log = await customerLog();
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
  expect(await end(second, 'SIGTERM')).toBe(0);
}, 180_000);

test('takes Avro from the registry and sends what it cannot use to the dead letters, sealed', async () => {
  const child = start();
  const event = aPurchase('avro-customer', 'avro-1');
  const broken = json({ ...eventToIntakeJson(event), amount: { minor: -1, currency: 'CNY' } });
  await writer.send([
    sent(
      TOPICS.purchases,
      'avro-customer',
      serde(TOPICS.purchases).encode(eventToIntakeWire(event)),
    ),
    sent(TOPICS.purchases, 'avro-customer', broken),
  ]);
  await until('both were read', isReadToTheEnd);
  const arrived = (await customerLog()).filter(
    ({ read }) => read.kind === 'event' && read.event.customerId === 'avro-customer',
  );
  expect(arrived.map(({ read }) => read)).toEqual([{ kind: 'event', event, clockAt: at }]);
  const letters = (await recordsOf(TOPICS.deadLetters)).map(({ value }) =>
    deadLetterFromWire(serde(TOPICS.deadLetters).decode(value ?? new Uint8Array())),
  );
  expect(letters).toMatchObject([{ reason: 'negative-amount', detail: 'amount.minor' }]);
  const original = unpackOriginal(unseal(KEY, letters[0]?.sealed ?? new Uint8Array()));
  expect(Buffer.from(original.value ?? []).equals(broken)).toBe(true);
  expect(await end(child, 'SIGTERM')).toBe(0);
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
  const folder = join(dataDir, 'maps');
  await mkdir(folder);
  await writeFile(join(folder, 'erp.yaml'), ERP_MAP);
  const kafka = { clientId: 'ingestor-test', brokers: stack.brokers };
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
  const isOfErp = ({ read }: { read: LogRecord }): boolean =>
    read.kind === 'event' && read.event.source === 'erp';
  const first = start(env);
  await writer.send(orders.slice(0, 1_000));
  await until('the first arrived', async () => (await customerLog()).some(isOfErp));
  await end(first, 'SIGKILL');
  await writer.send(orders.slice(1_000));
  start(env);
  await until('all was read', () => isReadToTheEnd([ERP]));

  const log = (await customerLog()).filter(isOfErp);
  const ids = new Set(log.map(({ read }) => (read.kind === 'event' ? read.event.eventId : '')));
  const letters = (await recordsOf(TOPICS.deadLetters)).map(({ value }) =>
    deadLetterFromWire(serde(TOPICS.deadLetters).decode(value ?? new Uint8Array())),
  );
  const ofErp = letters.filter(({ topic }) => topic === ERP);
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
});
