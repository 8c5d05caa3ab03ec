import { BullDeliveryQueue } from '@strata/jobs';
import {
  deliveryEndpointsContract,
  deliveryQueueContract,
  type OpenDeliveryQueue,
} from '@strata/testing/contracts';
import { afterAll, beforeAll } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';

let server: RedisServer;
let queues = 0;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

const onBullMq: OpenDeliveryQueue = async (settings) => {
  queues += 1;
  const queue = await BullDeliveryQueue.connect({
    ...settings,
    url: server.url,
    name: `q${queues}`,
  });
  return { queue, nowMs: () => Date.now(), passTime: () => undefined };
};

deliveryQueueContract('on BullMQ', onBullMq);
deliveryEndpointsContract('on BullMQ', onBullMq);
