import { BullDeliveryQueue } from '@strata/jobs';
import { RedisStateStore } from '@strata/redis';
import { deliveryQueueContract, stateStoreContract } from '@strata/testing/contracts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectContainer, type StartedBackend, startRedisContainer } from './start-container.ts';
import { withEngine } from './with-engine.ts';

await withEngine('Redis in a container', () => {
  let redis: StartedBackend;
  let opened = 0;
  beforeAll(async () => {
    redis = await startRedisContainer();
  });
  afterAll(async () => {
    await redis.container.stop();
  });

  describe('the Redis under test', () => {
    it('is the one inside the container', async () => {
      expect(await inspectContainer(redis)).toMatchObject({ isRunning: true });
      expect((await inspectContainer(redis)).image).toMatch(/redis:7$/);
      const inside = await redis.container.exec(['redis-cli', 'info', 'server']);
      const client = new Redis(`redis://${redis.address}`);
      const outside = await client.info('server');
      client.disconnect();
      const runId = /run_id:(\w+)/;
      expect(runId.exec(outside)?.[1]).toBe(runId.exec(inside.output)?.[1]);
    });
  });

  stateStoreContract('on Redis in a container', () => {
    opened += 1;
    const url = `redis://${redis.address}`;
    return RedisStateStore.connect({ url, keyPrefix: `contract-${opened}` });
  });

  deliveryQueueContract('on BullMQ in a container', async (settings) => {
    opened += 1;
    const url = `redis://${redis.address}`;
    const queue = await BullDeliveryQueue.connect({ ...settings, url, name: `q${opened}` });
    return { queue, nowMs: () => Date.now(), passTime: () => undefined };
  });
});
