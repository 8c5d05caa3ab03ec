import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployTopics } from '@strata/cli';
import {
  type TierChangeEvent,
  TOPICS,
  tierChangeEvent,
  tierChangeHeaders,
  tierChangeToWire,
} from '@strata/contracts';
import { aPolicy, aPurchase, day, TestPartition } from '@strata/domain/builders';
import { KafkaLogReader, KafkaLogWriter } from '@strata/kafka';
import { type Backends, startBackends } from '@strata/local-stack';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  type TopicSerde,
} from '@strata/schema-registry';
import { seal, systemClock } from '@strata/service-runtime';
import {
  askSubscription,
  changeSubscription,
  checkContent,
  contentChange,
  creation,
  newSecret,
  removal,
  rotation,
  type SubscriptionContent,
  SubscriptionLedger,
  sealFor,
  standingChange,
  type WriterPorts,
} from '@strata/subscriptions';
import { Redis } from 'ioredis';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = join(ROOT, 'services/notifier/src/main.ts');
const KEY = Buffer.alloc(32, 5);
const WAIT = { timeout: 60_000, interval: 50 };

interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

let folder: string;
let backends: Backends;
let reader: KafkaLogReader;
let writer: KafkaLogWriter;
let ports: WriterPorts;
let changesSerde: TopicSerde;
let notifier: ChildProcess;
let host: string;
let received: Received[] = [];
let seq = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = request.headers as Record<string, string>;
    const body = Buffer.concat(chunks).toString();
    received.push({ path: request.url ?? '', id: headers['webhook-id'] ?? '', headers, body });
    response.writeHead(204).end();
  });
});

async function startNotifier(): Promise<void> {
  notifier = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      STRATA_KAFKA_BROKERS: backends.brokers.join(','),
      STRATA_REGISTRY_URL: backends.registryUrl,
      STRATA_QUEUE_REDIS_URL: backends.queueRedisUrl,
      STRATA_SEALING_KEY: KEY.toString('base64'),
      STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES: 'true',
      STRATA_LOG_LEVEL: 'error',
    },
  });
}

async function stopNotifier(): Promise<void> {
  if (notifier.exitCode !== null || notifier.signalCode !== null) return;
  const exited = once(notifier, 'exit');
  notifier.kill('SIGTERM');
  await exited;
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'strata-subscriptions-'));
  backends = await startBackends({ root: ROOT, dataDir: join(folder, 'stack') });
  await deployTopics(backends, 1);
  const kafka = { clientId: 'subscriptions-test', brokers: backends.brokers };
  reader = new KafkaLogReader(kafka);
  writer = new KafkaLogWriter(kafka);
  const source = new ConfluentSchemaRegistry({ url: backends.registryUrl });
  const schemas = readSchemaFolder();
  const serdes = await openTopicSerdes({ source, schemas, clock: systemClock });
  changesSerde = serdes(TOPICS.tierChanges);
  ports = { reader, writer, serde: serdes(TOPICS.subscriptions) };
  await startNotifier();
});
afterAll(async () => {
  await stopNotifier();
  await Promise.all([reader.close(), writer.close()]);
  await backends.stop();
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  received = [];
});

function contentFor(path: string): SubscriptionContent {
  const rules = { isHttpAllowed: true, arePrivateAddressesAllowed: true };
  const checked = checkContent({ url: `${host}/${path}` }, rules);
  if ('problems' in checked) throw new Error('The content is sound.');
  return checked.content;
}

const by = (id: string) => ({ id, actor: 'ann', reason: null });
const sealed = (id: string, secret: string) => sealFor((bytes) => seal(KEY, bytes), id, secret);

async function add(id: string): Promise<string> {
  const secret = newSecret();
  await changeSubscription(ports, by(id), creation(id, contentFor(id), sealed(id, secret)));
  return secret;
}

const remove = (id: string) => changeSubscription(ports, by(id), removal(id));

/** Publishes one tier change of a customer of its own, as the scorer does; its id. */
async function publish(): Promise<string> {
  const partition = new TestPartition();
  const customerId = `c-${randomUUID()}`;
  partition.events(aPurchase(day(0), { customerId }), aPurchase(day(1), { customerId }));
  const [change] = partition.outputs.filter((output) => output.kind === 'tier-change');
  if (change === undefined) throw new Error('A purchase assigns a tier.');
  seq += 1;
  const event: TierChangeEvent = {
    ...tierChangeEvent(change, { partition: 0, epoch: 1, seq }, aPolicy()),
    id: `0.${seq}.0`,
  };
  const place = { topic: TOPICS.tierChanges, partition: 0 };
  const key = Buffer.from(customerId);
  const value = changesSerde.encode(tierChangeToWire(event));
  await writer.send([{ ...place, key, value, headers: tierChangeHeaders(event) }]);
  return event.id;
}

const arrivedAt = (path: string) =>
  received.filter((it) => it.path === `/${path}`).map(({ id }) => id);

test('a change published right behind a subscription arrives, signed; one before it never', async () => {
  await publish();
  const secret = await add('crm');
  const id = await publish();
  await expect.poll(() => arrivedAt('crm'), WAIT).toEqual([id]);
  const [{ body, headers }] = received as [Received];
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ data: { id, steps: null } });
  await remove('crm');
});

test('a rotated secret signs beside the new one until its overlap ends, over a restart', async () => {
  const former = await add('rotated');
  const overlapMs = 20_000;
  const secret = newSecret();
  const state = await changeSubscription(
    ports,
    by('rotated'),
    rotation('rotated', sealed('rotated', secret), overlapMs),
  );
  await publish();
  await expect.poll(() => received.length, WAIT).toBe(1);
  const [{ body, headers }] = received as [Received];
  for (const one of [former, secret]) new Webhook(one).verify(body, headers);
  await stopNotifier();
  await startNotifier();
  const endsAtMs = state.secrets[1]?.endsAtMs ?? 0;
  await expect.poll(() => Date.now() > endsAtMs, WAIT).toBe(true);
  await publish();
  await expect.poll(() => received.length, WAIT).toBe(2);
  const [, after] = received as [Received, Received];
  expect(() => new Webhook(former).verify(after.body, after.headers)).toThrow();
  new Webhook(secret).verify(after.body, after.headers);
  await remove('rotated');
});

test('what is paused gets nothing until it is resumed, and a test reaches it all the same', async () => {
  await add('held');
  await add('other');
  await changeSubscription(ports, by('held'), standingChange('held', 'subscription-paused'));
  const id = await publish();
  await expect.poll(() => arrivedAt('other'), WAIT).toEqual([id]);
  expect(arrivedAt('held')).toEqual([]);
  const { id: asked, ledger } = await askSubscription(ports, by('held'), { kind: 'test-asked' });
  const outcome = async () => {
    await ledger.readOn();
    return ledger.state('held')?.tests.find((it) => it.id === asked)?.result?.outcome;
  };
  await expect.poll(outcome, WAIT).toBe('delivered');
  expect(arrivedAt('held')).toEqual([`test.${asked}`]);
  await changeSubscription(ports, by('held'), standingChange('held', 'subscription-resumed'));
  await expect.poll(() => arrivedAt('held'), WAIT).toEqual([`test.${asked}`, id]);
  await remove('held');
  await remove('other');
});

test('neither a restart nor an empty queue store loses a subscription', async () => {
  const secret = await add('kept');
  await stopNotifier();
  const redis = new Redis(backends.queueRedisUrl);
  await redis.flushall();
  await redis.quit();
  await startNotifier();
  const id = await publish();
  await expect.poll(() => arrivedAt('kept'), WAIT).toContain(id);
  const found = received.find((it) => it.id === id) as Received;
  new Webhook(secret).verify(found.body, found.headers);
  await remove('kept');
  const later = await publish();
  await add('last');
  const last = await publish();
  await expect.poll(() => arrivedAt('last'), WAIT).toEqual([last]);
  expect(arrivedAt('kept')).not.toContain(later);
  await remove('last');
});

test('of writers at the same moment one changes it, and the others are told', async () => {
  await add('raced');
  const ofTheirOwn = [1, 2, 3, 4].map(async (concurrency) => {
    const own = new KafkaLogWriter({
      clientId: `writer-${concurrency}`,
      brokers: backends.brokers,
    });
    try {
      const to = contentChange('raced', (content) => ({ ...content, concurrency }));
      return await changeSubscription({ ...ports, writer: own }, by('raced'), to);
    } finally {
      await own.close();
    }
  });
  const settled = await Promise.allSettled(ofTheirOwn);
  const refused = settled.filter((it) => it.status === 'rejected');
  for (const { reason } of refused) expect(reason).toMatchObject({ refusal: 'changed-meanwhile' });
  const held = settled.filter((it) => it.status === 'fulfilled').map(({ value }) => value.version);
  expect(new Set(held).size).toBe(held.length);
  const ledgers = await Promise.all(
    [1, 2].map(async () => {
      const ledger = new SubscriptionLedger(ports);
      await ledger.readOn();
      return ledger.state('raced');
    }),
  );
  expect(ledgers[0]).toEqual(ledgers[1]);
  expect(ledgers[0]?.version).toBe(1 + held.length);
  await remove('raced');
});
