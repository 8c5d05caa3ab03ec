import { expect, test } from 'vitest';
import { type Costs, deploymentFor } from './deployment.ts';

const COSTS: Costs = {
  ingestor: { client: 12, broker: 4 },
  scorer: { client: 120, broker: 10, redis: 6 },
  notifier: { client: 400, redis: 150 },
  changesPerEvent: 0.03,
  redisBytesPerCustomer: 400,
};

test('a small stack has one process of each', () => {
  const { ingestors, scorers, notifiers, stateRedisNodes, partitions } = deploymentFor(
    { eventsPerSecond: 1_000, customers: 1_000_000 },
    COSTS,
  );
  expect([ingestors, scorers, notifiers, stateRedisNodes, partitions]).toEqual([1, 1, 1, 1, 8]);
});

test('processes follow from what an event costs, at most six tenths of a core each', () => {
  const large = deploymentFor({ eventsPerSecond: 100_000, customers: 10_000_000 }, COSTS);
  // 100,000/s x 120 us are 12 cores; at 60 % of each, 20.
  expect(large.scorers).toBe(20);
  expect(large.ingestors).toBe(2);
  expect(large.partitions).toBe(40);
  // 3,000 deliveries/s x 400 us are 1.2 cores.
  expect(large.notifiers).toBe(2);
  // 100,000/s x 14 us x three replicas are 4.2 cores.
  expect(large.brokerCores).toBe(7);
});

test('memory follows from the customers, and divides into nodes', () => {
  const large = deploymentFor({ eventsPerSecond: 1_000, customers: 100_000_000 }, COSTS);
  // 40 GB and half as much again.
  expect(large.redisGiB).toBeCloseTo(55.9, 1);
  expect(large.stateRedisNodes).toBe(4);
});
