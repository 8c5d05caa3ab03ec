import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  RETIRED_HEADER,
  type TierChangeEvent,
  TOPICS,
  tierChangeToWire,
  type WireRecord,
} from '@strata/contracts';
import { MemoryDeliveryQueue, MemoryGroupReader, MemoryLog, MemoryLogReader } from '@strata/memory';
import { type DeliveryQueue, SerdeFault, silentLogger } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import { createMetrics } from '@strata/service-runtime';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { FixedSubscriptions } from './fixed-subscriptions.ts';
import { startNotifier } from './start-notifier.ts';
import { parseSubscriptions } from './subscriptions.ts';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const topic = TOPICS.tierChanges;

const serde: TopicSerde = {
  prepare: async () => {},
  encode: (record) => Buffer.from(JSON.stringify(record)),
  decode: (bytes) => {
    try {
      return JSON.parse(Buffer.from(bytes).toString()) as WireRecord;
    } catch (cause) {
      throw new SerdeFault('malformed', 'no JSON', cause);
    }
  },
};

function aTierChange(seq: number, given: Partial<TierChangeEvent> = {}): TierChangeEvent {
  return {
    id: `0.${seq * 10}.0`,
    partition: 0,
    epoch: 1,
    seq,
    customerId: 'c1',
    customerSeq: seq,
    type: 'demoted',
    fromTier: 'gold',
    toTier: 'silver',
    fromPolicy: null,
    labels: { gold: { zh: '金牌客户', en: 'Gold' } },
    segment: null,
    cause: { kind: 'time', ref: null },
    policy: 'shop',
    policyVersion: 1,
    score: 250.125,
    dimensions: [],
    evidence: ['0:1'],
    effectiveAt: Date.parse('2026-01-02T03:04:05.678Z'),
    decidedAt: Date.parse('2026-01-02T03:04:06Z'),
    asOf: Date.parse('2026-01-02T03:04:06Z'),
    protectedUntil: null,
    atRisk: null,
    override: null,
    withdraws: null,
    backfill: false,
    treatment: { service_hours: 24 },
    steps: 1,
    ...given,
  };
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers with the given statuses in turn, then 204. */
let answers: { status: number; headers?: Record<string, string> }[] = [];
const received: Received[] = [];
let server: Server;
let url: string;

beforeEach(async () => {
  answers = [];
  received.length = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const { status, headers } = answers.shift() ?? { status: 204 };
      response.writeHead(status, headers).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

function aLog(): MemoryLog {
  const log = new MemoryLog({ nowMs: () => 0 });
  log.createTopic(topic, 1);
  return log;
}

const text = (value: string) => Buffer.from(value);

function publish(log: MemoryLog, ...changes: (TierChangeEvent | 'broken')[]): void {
  for (const change of changes) {
    const { epoch, seq } = change === 'broken' ? { epoch: 1, seq: 99 } : change;
    log.append([
      {
        topic,
        partition: 0,
        key: text('c1'),
        value: change === 'broken' ? text('{') : serde.encode(tierChangeToWire(change)),
        headers: { 'strata-seq': text(`${epoch}.${seq}`) },
      },
    ]);
  }
}

/** Retries come at once, so that no test waits for a clock. */
function aQueue(): MemoryDeliveryQueue {
  return new MemoryDeliveryQueue({
    ladderMs: [0, 1, 1],
    random: () => 0,
    schedule: (_delayMs, run) => {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    },
  });
}

async function aNotifier(
  log: MemoryLog,
  queue: DeliveryQueue,
  options: { endpoints?: object[]; arePrivateAddressesAllowed?: boolean } = {},
) {
  const metrics = createMetrics({ withProcess: false });
  const file = JSON.stringify(options.endpoints ?? [{ id: 'crm', url, secret }]);
  const fatal: unknown[] = [];
  let look = (): void => {};
  const notifier = await startNotifier(
    {
      group: new MemoryGroupReader(log, { backOff: () => nextTurn<void>(undefined) }),
      log: new MemoryLogReader(log),
      queue,
      serde,
      clock: { nowMs: () => Date.now() },
      alarm: (_afterMs, ring) => {
        look = ring;
        return () => {};
      },
      logger: silentLogger,
      metrics,
      onFatal: (error) => void fatal.push(error),
    },
    {
      groupId: 'strata-notifier',
      topic,
      subscriptions: new FixedSubscriptions(
        parseSubscriptions(file, { place: 'test', isHttpAllowed: true }),
      ),
      deliveryTimeoutMs: 2_000,
      arePrivateAddressesAllowed: options.arePrivateAddressesAllowed ?? true,
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await notifier.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  return {
    notifier,
    stop,
    fatal,
    look: () => look(),
    metric: (line: string) => hasLine(metrics.text(), line),
  };
}

async function hasLine(metrics: Promise<string>, line: string): Promise<boolean> {
  return (await metrics).split('\n').includes(line);
}

function retire(log: MemoryLog, seq: number, { customerId = 'c1', reason = 'erased' } = {}): void {
  const headers = { 'strata-seq': text(`1.${seq}`), [RETIRED_HEADER]: text(reason) };
  log.append([{ topic, partition: 0, key: text(customerId), value: null, headers }]);
}

const ids = () => received.map(({ headers }) => String(headers['webhook-id']));
const sortedIds = () => ids().toSorted((one, other) => one.localeCompare(other));

test('delivers a tier change as a webhook that any Standard Webhooks library verifies', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  await aNotifier(log, queue);
  await expect.poll(() => received.length).toBe(1);

  const [{ headers, body }] = received as [Received];
  const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
  expect(verified).toMatchObject({
    type: 'strata.tier.demoted',
    timestamp: '2026-01-02T03:04:05.678Z',
    data: { id: '0.10.0', customerId: 'c1', fromTier: 'gold', cause: { kind: 'time' }, seq: 1 },
  });
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const byHand = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${byHand}`);
  expect(headers['webhook-id']).toBe('0.10.0');
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(await queue.position(0)).toEqual({ offset: 1, epoch: 1, seq: 1 });
});

test('drops repeats by number and counts them', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2), aTierChange(1), aTierChange(2), aTierChange(3));
  const queue = aQueue();
  const { metric } = await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 5, epoch: 1, seq: 3 });
  await expect.poll(() => received.length).toBe(3);
  expect(sortedIds()).toEqual(['0.10.0', '0.20.0', '0.30.0']);
  expect(await metric('strata_notifier_tier_changes_total{outcome="repeat"} 2')).toBe(true);
  expect(await metric('strata_notifier_seq_gaps_total 0')).toBe(true);
});

test('removes the deliveries of an erased customer that wait, and no others', async () => {
  answers = Array.from({ length: 3 }, () => ({ status: 500 }));
  const log = aLog();
  const queue = new MemoryDeliveryQueue({ ladderMs: [0, 3_600_000], schedule: () => () => {} });
  publish(log, aTierChange(1), aTierChange(2), aTierChange(3, { customerId: 'c2' }));
  const { metric } = await aNotifier(log, queue);
  await expect.poll(async () => (await queue.counts()).delayed).toBe(3);
  retire(log, 4);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 4, epoch: 1, seq: 4 });
  expect(await queue.countAbout('c1')).toBe(0);
  expect(await queue.countAbout('c2')).toBe(1);
  expect(await metric('strata_notifier_tier_changes_total{outcome="erased"} 1')).toBe(true);
});

test('never queues what lies before an erasure, and queues what lies behind it', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2, { customerId: 'c2' }));
  retire(log, 3);
  retire(log, 4, { customerId: 'c2', reason: 'merged' });
  publish(log, aTierChange(5));
  const queue = aQueue();
  await aNotifier(log, queue);
  await expect.poll(() => received.length).toBe(2);
  expect(sortedIds()).toEqual(['0.20.0', '0.50.0']);
  expect(await queue.position(0)).toEqual({ offset: 5, epoch: 1, seq: 5 });
});

test('counts a gap in the numbers as an alarm and delivers what did come', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(4));
  const { metric } = await aNotifier(log, aQueue());
  await expect.poll(() => received.length).toBe(2);
  expect(await metric('strata_notifier_seq_gaps_total 1')).toBe(true);
});

test('tries again until the receiver takes it, with the same id and the same body', async () => {
  answers = [{ status: 500 }, { status: 429, headers: { 'retry-after': '1' } }];
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  await aNotifier(log, queue);
  await expect.poll(async () => (await queue.counts()).delivered).toBe(1);
  expect(ids()).toEqual(['0.10.0', '0.10.0', '0.10.0']);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
});

test.each([400, 401, 404, 410, 422])('gives up for good at status %i', async (status) => {
  answers = [{ status }];
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  await aNotifier(log, queue);
  await expect.poll(async () => (await queue.counts()).failed).toBe(1);
  expect(received).toHaveLength(1);
});

test('each endpoint gets its own delivery of the same event, if it asked for it', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  const endpoints = [
    { id: 'crm', url, secret },
    { id: 'care', url, secret, directions: ['down'] },
    { id: 'sales', url, secret, types: ['promoted'] },
  ];
  await aNotifier(log, queue, { endpoints });
  await expect.poll(async () => (await queue.counts()).delivered).toBe(2);
  expect(ids()).toEqual(['0.10.0', '0.10.0']);
});

test('a restart goes on at the stored position', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const first = aQueue();
  const { stop } = await aNotifier(log, first);
  await expect.poll(() => received.length).toBe(2);
  await stop();
  const position = await first.position(0);

  publish(log, aTierChange(2), aTierChange(3));
  const second = aQueue();
  if (position !== null) await second.storePosition(0, position);
  await aNotifier(log, second);
  await expect.poll(() => second.position(0)).toEqual({ offset: 4, epoch: 1, seq: 3 });
  await expect.poll(() => received.length).toBe(3);
  expect(sortedIds()).toEqual(['0.10.0', '0.20.0', '0.30.0']);
});

test('a crash between adding jobs and storing the position doubles nothing', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const queue = aQueue();
  const store = queue.storePosition.bind(queue);
  let failures = 2;
  queue.storePosition = async (...position) => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the store is away');
    }
    return store(...position);
  };
  await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
  await expect.poll(() => received.length).toBe(2);
  expect(sortedIds()).toEqual(['0.10.0', '0.20.0']);
});

test('a queue that went back in time has its jobs added again', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const queue = aQueue();
  const { metric } = await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
  await queue.storePosition(0, { offset: 1, epoch: 1, seq: 1 });
  const added: string[] = [];
  const add = queue.add.bind(queue);
  queue.add = async (jobs) => {
    added.push(...jobs.map(({ id }) => id));
    await add(jobs);
  };
  publish(log, aTierChange(3));
  await expect.poll(() => queue.position(0)).toEqual({ offset: 3, epoch: 1, seq: 3 });
  expect(added).toEqual(['0.20.0.crm', '0.30.0.crm']);
  expect(await metric('strata_notifier_positions_lost_total 1')).toBe(true);
});

test('a queue that went back while nothing comes has its jobs added again', async () => {
  const log = aLog();
  publish(log, aTierChange(1), aTierChange(2));
  const queue = aQueue();
  const { look } = await aNotifier(log, queue);
  await expect.poll(() => queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
  await queue.storePosition(0, { offset: 1, epoch: 1, seq: 1 });
  const added: string[] = [];
  const add = queue.add.bind(queue);
  queue.add = async (jobs) => {
    added.push(...jobs.map(({ id }) => id));
    await add(jobs);
  };
  look();
  await expect.poll(() => queue.position(0)).toEqual({ offset: 2, epoch: 1, seq: 2 });
  expect(added).toEqual(['0.20.0.crm']);
});

test('a queue that loses its jobs before their position is stored has them added again', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  const lost = queue.add.bind(queue);
  const adds: string[][] = [];
  queue.add = async (jobs) => {
    adds.push(jobs.map(({ id }) => id));
    if (adds.length > 1) await lost(jobs);
  };
  await aNotifier(log, queue);
  await expect.poll(() => received.length).toBe(1);
  expect(adds).toEqual([['0.10.0.crm'], ['0.10.0.crm']]);
});

test('a notifier that is still leaving moves the position beyond the end that was read', async () => {
  const log = aLog();
  const queue = aQueue();
  const position = queue.position.bind(queue);
  let isFirst = true;
  queue.position = async (partition) => {
    if (isFirst) {
      isFirst = false;
      publish(log, aTierChange(1));
      await queue.storePosition(partition, { offset: 1, epoch: 1, seq: 1 });
    }
    return position(partition);
  };
  const { fatal, notifier } = await aNotifier(log, queue);
  await expect.poll(() => notifier.report().reasons).toEqual([]);
  expect(fatal).toEqual([]);
});

test('an unreadable record holds its partition up, says so, and loses nothing before it', async () => {
  const log = aLog();
  publish(log, aTierChange(1), 'broken', aTierChange(2));
  const queue = aQueue();
  const { notifier } = await aNotifier(log, queue);
  await expect.poll(() => received.length).toBe(1);
  await expect.poll(() => notifier.report().reasons.join()).toContain('cannot be read (malformed)');
  expect(await queue.position(0)).toEqual({ offset: 1, epoch: 1, seq: 1 });
});

test('a stored position beyond the end of the topic ends the process', async () => {
  const log = aLog();
  const queue = aQueue();
  await queue.storePosition(0, { offset: 7, epoch: 1, seq: 7 });
  const { fatal } = await aNotifier(log, queue);
  await expect.poll(() => String(fatal[0])).toContain('lies beyond the topic');
});

test('a loopback endpoint is refused where private addresses are not allowed', async () => {
  const log = aLog();
  publish(log, aTierChange(1));
  const queue = aQueue();
  const byName = url.replace('127.0.0.1', 'localhost');
  const endpoints = [
    { id: 'literal', url, secret },
    { id: 'named', url: byName, secret },
  ];
  await aNotifier(log, queue, { endpoints, arePrivateAddressesAllowed: false });
  await expect.poll(async () => (await queue.counts()).failed).toBe(2);
  expect(received).toHaveLength(0);
});
