import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
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
import { type Backends, freePort, startBackends } from '@strata/local-stack';
import { type OutgoingRecord, partitionFor, type TopicRecord } from '@strata/pipeline';
import {
  ConfluentSchemaRegistry,
  deploySchemas,
  openTopicSerdes,
  readSchemaFolder,
  readSchemaHistory,
} from '@strata/schema-registry';
import { apiKeysText, createApiKey, systemClock, unseal } from '@strata/service-runtime';
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

function start(more: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      STRATA_KAFKA_BROKERS: stack.brokers.join(','),
      STRATA_REGISTRY_URL: stack.registryUrl,
      STRATA_SEALING_KEY: KEY.toString('base64'),
      STRATA_TIME_MODE: 'data',
      STRATA_LOG_LEVEL: 'warn',
      ...more,
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
async function isReadToTheEnd(): Promise<boolean> {
  const committed = await reader.committed('strata-ingestor', INTAKE_TOPICS);
  for (const topic of INTAKE_TOPICS) {
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
  await until('all was read', isReadToTheEnd);
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

test('told to end under load by HTTP, it answers what it has begun and loses nothing of it', async () => {
  const { key, token } = createApiKey({ name: 'shop', sources: ['shop'] });
  const keysFile = join(dataDir, 'keys.json');
  await writeFile(keysFile, apiKeysText([key]));
  const port = await freePort();
  const child = start({
    STRATA_INGESTOR_HTTP_KEYS: keysFile,
    STRATA_INGESTOR_HTTP_PORT: String(port),
  });
  const url = `http://127.0.0.1:${port}/v1`;
  await until('it takes events by HTTP', async () => {
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
  await until('some are accepted', async () => accepted.length > 100);
  expect(await end(child, 'SIGTERM')).toBe(0);
  await Promise.all(senders);
  const next = start();
  await until('all was read', isReadToTheEnd);
  const arrived = (await customerLog()).flatMap(({ read }) =>
    read.kind === 'event' && read.event.customerId === 'by-http' ? [read.event.eventId] : [],
  );
  expect(accepted.filter((id) => !arrived.includes(id))).toEqual([]);
  expect(await end(next, 'SIGTERM')).toBe(0);
}, 120_000);
