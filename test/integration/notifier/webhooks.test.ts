import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type TierChangeEvent,
  TOPICS,
  tierChangeEvent,
  tierChangeHeaders,
  tierChangeToWire,
} from '@strata/contracts';
import { DAY_MS } from '@strata/domain';
import { aPolicy, aPurchase, day, TestPartition } from '@strata/domain/builders';
import { BullDeliveryQueue } from '@strata/jobs';
import {
  MemoryGroupReader,
  MemoryLog,
  MemoryLogReader,
  MemoryLogWriter,
  MemoryPositionKeeper,
} from '@strata/memory';
import { FixedSubscriptions, parseSubscriptions, startNotifier } from '@strata/notifier';
import { silentLogger } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import { createMetrics, systemAlarm, systemClock } from '@strata/service-runtime';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';

const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedisServer();
});
afterAll(() => redis.stop());

/** Changes as the fold makes them: three customers buy, and one is demoted by time alone. */
function changes(): readonly TierChangeEvent[] {
  const partition = new TestPartition();
  for (const customerId of ['c1', 'c2', 'c3']) {
    partition.events(aPurchase(day(0), { customerId }), aPurchase(day(1), { customerId }));
  }
  partition.passTo(day(0) + 30 * DAY_MS);
  return partition.outputs
    .filter((output) => output.kind === 'tier-change')
    .map((change, index) =>
      tierChangeEvent(change, { partition: 0, epoch: 1, seq: index + 1 }, aPolicy()),
    );
}

async function aTopic() {
  const log = new MemoryLog(systemClock);
  log.createTopic(TOPICS.tierChanges, 1);
  log.createTopic(TOPICS.undelivered, 1);
  const registry = new MemorySchemaRegistry();
  const schemas = readSchemaFolder().filter(
    ({ topic }) => topic === TOPICS.tierChanges || topic === TOPICS.undelivered,
  );
  await registerSchemas(registry, schemas);
  const serdes = await openTopicSerdes({ source: registry, schemas, clock: systemClock });
  const serde = serdes(TOPICS.tierChanges);
  function publish(events: readonly TierChangeEvent[]): void {
    for (const event of events) {
      const value = serde.encode(tierChangeToWire(event));
      const place = { topic: TOPICS.tierChanges, partition: 0 };
      log.append([{ ...place, key: null, value, headers: tierChangeHeaders(event) }]);
    }
  }
  return { log, serde, undeliveredSerde: serdes(TOPICS.undelivered), publish };
}

/** Refuses the first post of every id, so that each is tried twice. */
async function aMoodyReceiver() {
  const tries = new Map<string, number>();
  const taken: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      new Webhook(secret).verify(body, request.headers as Record<string, string>);
      const id = String(request.headers['webhook-id']);
      tries.set(id, (tries.get(id) ?? 0) + 1);
      if (tries.get(id) !== 1) taken.push(id);
      response.writeHead(tries.get(id) === 1 ? 503 : 204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, tries, taken };
}

test('tier changes reach an endpoint through BullMQ, over refusals and a restart, each once', async () => {
  const all = changes();
  expect(all.some(({ type, cause }) => type === 'demoted' && cause.kind === 'time')).toBe(true);
  const topic = await aTopic();
  const receiver = await aMoodyReceiver();
  const file = JSON.stringify([{ id: 'crm', url: receiver.url, secret }]);
  const settings = {
    groupId: 'strata-notifier',
    topic: TOPICS.tierChanges,
    subscriptions: new FixedSubscriptions(
      parseSubscriptions(file, { place: 'test', isHttpAllowed: true }),
    ),
    pendingMax: 1_000,
    disableAfterMs: Number.MAX_SAFE_INTEGER,
    deliveryTimeoutMs: 5_000,
    arePrivateAddressesAllowed: true,
  };
  const start = async () => {
    const queue = await BullDeliveryQueue.connect({ url: redis.url, ladderMs: [0, 50, 50] });
    const notifier = await startNotifier(
      {
        group: new MemoryGroupReader(topic.log),
        log: new MemoryLogReader(topic.log),
        queue,
        writer: new MemoryLogWriter(topic.log),
        keeper: new MemoryPositionKeeper(topic.log),
        serde: topic.serde,
        undeliveredSerde: topic.undeliveredSerde,
        clock: systemClock,
        alarm: systemAlarm,
        logger: silentLogger,
        metrics: createMetrics({ withProcess: false }),
        onFatal: (error) => {
          throw error;
        },
      },
      settings,
    );
    return { notifier, queue };
  };
  const half = Math.floor(all.length / 2);

  topic.publish(all.slice(0, half));
  const first = await start();
  await expect.poll(() => receiver.taken.length, { timeout: 20_000 }).toBe(half);
  await first.notifier.stop();

  // The writer repeats its tail, as after an acknowledgement that was lost.
  topic.publish(all.slice(half - 1));
  const second = await start();
  onTestFinished(() => second.notifier.stop());
  await expect.poll(() => receiver.taken.length, { timeout: 20_000 }).toBe(all.length);
  await expect.poll(async () => (await second.queue.counts()).delivered).toBe(all.length);
  expect(receiver.taken.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  expect([...receiver.tries.values()].every((tries) => tries === 2)).toBe(true);
  expect(await second.queue.position(0)).toMatchObject({ epoch: 1, seq: all.length });
});
