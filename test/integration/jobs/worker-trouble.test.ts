import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BullDeliveryQueue } from '@strata/jobs';
import type { DeliveryHandlers, LogFields, Logger } from '@strata/pipeline';
import { aJob, served } from '@strata/testing/contracts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort, type RedisServer, startRedisServer } from '../redis-server.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

/** Serves the endpoint and works on it. */
function work(queue: BullDeliveryQueue, deliver: DeliveryHandlers['deliver']): void {
  queue.serve(served('crm'));
  queue.work({ deliver, givenUp: async () => {} });
}

const quiet = () => undefined;
function warningsInto(warnings: LogFields[]): Logger {
  const warn = (fields: LogFields) => warnings.push(fields);
  return { debug: quiet, info: quiet, error: quiet, warn };
}

async function until(check: () => Promise<void> | void): Promise<void> {
  await vi.waitFor(check, { timeout: 20_000, interval: 20 });
}

/** Starts a worker process, waits until it delivers the job, and kills it. */
async function killWorkerInDelivery(name: string): Promise<string> {
  const file = fileURLToPath(new URL('./deliver-for-ever.ts', import.meta.url));
  const child = spawn(process.execPath, [file, server.url, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return line.toString().trim();
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

test('the job of killed workers is delivered by the next one, and as the same attempt', async () => {
  const name = 'killed';
  const warnings: LogFields[] = [];
  const logger = warningsInto(warnings);
  const settings = { url: server.url, name, lockMs: 500, stalledCheckMs: 200, logger };
  const queue = await BullDeliveryQueue.connect(settings);
  await queue.add([aJob('0.7.0-crm')]);
  // However often: BullMQ's own limit would fail the job for good at the second kill.
  for (let kill = 1; kill <= 5; kill += 1) {
    expect(await killWorkerInDelivery(name)).toBe('0.7.0-crm 1');
  }
  const attempts: number[] = [];
  work(queue, async (_job, attempt) => {
    attempts.push(attempt);
    return { kind: 'delivered' };
  });
  await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 1, failed: 0 }));
  expect(attempts).toEqual([1]);
  expect(warnings).toContainEqual({ jobId: '0.7.0-crm' });
  await queue.close();
});

test('jobs and positions outlive a killed Redis, and the worker goes on by itself', async () => {
  const queue = await BullDeliveryQueue.connect({ url: server.url, name: 'outage' });
  const seen: string[] = [];
  work(queue, async (job) => {
    seen.push(job.id);
    return { kind: 'delivered' };
  });
  await queue.add([aJob('before')]);
  await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 1 }));
  await queue.storePosition(4, { offset: 11, epoch: 1, seq: 7 });
  await server.kill();
  await server.start();
  await until(() => queue.add([aJob('before'), aJob('after')]));
  await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 2 }));
  expect(seen).toEqual(['before', 'after']);
  expect(await queue.position(4)).toEqual({ offset: 11, epoch: 1, seq: 7 });
  await queue.close();
});

test('a Redis that cannot be reached is a retryable fault that says so', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  await expect(BullDeliveryQueue.connect({ url })).rejects.toMatchObject({
    code: 'STRATA_JOBS_REDIS',
    isRetryable: true,
    message: expect.stringContaining('while connecting'),
  });
});

test('a queue without Redis refuses to add within seconds, and works again after it', async () => {
  const queue = await BullDeliveryQueue.connect({ url: server.url, name: 'fail-fast' });
  await server.kill();
  await expect(queue.add([aJob('a')])).rejects.toMatchObject({ code: 'STRATA_JOBS_REDIS' });
  await server.start();
  await until(() => queue.add([aJob('a')]));
  expect(await queue.counts()).toMatchObject({ waiting: 1 });
  await queue.close();
});

test('an endpoint that came while Redis was away is served when it is back', async () => {
  const queue = await BullDeliveryQueue.connect({ url: server.url, name: 'late-endpoint' });
  const seen: string[] = [];
  queue.work({
    deliver: async ({ id }) => {
      seen.push(id);
      return { kind: 'delivered' };
    },
    givenUp: async () => {},
  });
  await server.kill();
  queue.serve(served('late'));
  await expect(queue.add([aJob('a', 'a', { endpoint: 'late' })])).rejects.toMatchObject({
    code: 'STRATA_JOBS_REDIS',
  });
  await server.start();
  await until(() => queue.add([aJob('a', 'a', { endpoint: 'late' })]));
  await until(() => expect(seen).toEqual(['a']));
  await queue.close();
});

test('closing without Redis waits for the delivery in hand and for nothing else', async () => {
  const warnings: LogFields[] = [];
  const logger = warningsInto(warnings);
  const queue = await BullDeliveryQueue.connect({ url: server.url, name: 'closing', logger });
  const gate = Promise.withResolvers<{ kind: 'delivered' }>();
  let isDelivering = false;
  work(queue, () => {
    isDelivering = true;
    return gate.promise;
  });
  await queue.add([aJob('a')]);
  await until(() => expect(isDelivering).toBe(true));
  await server.kill();
  await until(() => expect(warnings.length).toBeGreaterThan(3));
  let isClosed = false;
  const closing = queue.close().then(() => {
    isClosed = true;
  });
  await new Promise(setImmediate);
  expect(isClosed).toBe(false);
  gate.resolve({ kind: 'delivered' });
  await closing;
  await server.start();
});

test('Redis lost in the middle of closing does not hold the closing up', async () => {
  const queue = await BullDeliveryQueue.connect({ url: server.url, name: 'closing-lost' });
  const gate = Promise.withResolvers<{ kind: 'delivered' }>();
  let isDelivering = false;
  work(queue, () => {
    isDelivering = true;
    return gate.promise;
  });
  await queue.add([aJob('a')]);
  await until(() => expect(isDelivering).toBe(true));
  const closing = queue.close();
  await server.kill();
  gate.resolve({ kind: 'delivered' });
  await closing;
  await server.start();
});

test('the events stream and finished jobs are bounded', async () => {
  const queue = await BullDeliveryQueue.connect({ url: server.url, name: 'bounded' });
  work(queue, async () => ({ kind: 'delivered' }));
  for (let batch = 0; batch < 4; batch += 1) {
    await queue.add(Array.from({ length: 500 }, (_, index) => aJob(`j${batch}.${index}`)));
  }
  await until(async () => expect(await queue.pending(['crm'])).toEqual(new Map([['crm', 0]])));
  await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 1_000 }));
  const redis = new Redis(server.url);
  // Trimming is approximate: Redis drops whole nodes of about a hundred entries.
  expect(await redis.xlen('strata:bounded-crm:events')).toBeLessThan(300);
  const options = JSON.parse((await redis.hget('strata:bounded-crm:j3.0', 'opts')) ?? '{}');
  expect(options).toMatchObject({ removeOnComplete: { age: 86_400, count: 1_000 } });
  redis.disconnect();
  await queue.close();
});
