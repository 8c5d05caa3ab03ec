import {
  aJob,
  deliveryEndpointsContract,
  deliveryQueueContract,
  type OpenDeliveryQueue,
} from '@strata/testing/contracts';
import { expect, test } from 'vitest';
import { MemoryDeliveryQueue, type Schedule } from './memory-delivery-queue.ts';

/** A clock that moves only by hand, and what is to happen by it. */
function handClock() {
  let nowMs = 0;
  const planned = new Set<{ atMs: number; run: () => void }>();
  const schedule: Schedule = (delayMs, run) => {
    const plan = { atMs: nowMs + delayMs, run };
    planned.add(plan);
    return () => planned.delete(plan);
  };
  function passTime(ms: number): void {
    nowMs += ms;
    for (const plan of [...planned].filter(({ atMs }) => atMs <= nowMs)) {
      planned.delete(plan);
      plan.run();
    }
  }
  return { schedule, passTime, nowMs: () => nowMs, planned };
}

const inMemory: OpenDeliveryQueue = async (settings) => {
  const clock = handClock();
  const queue = new MemoryDeliveryQueue({
    ...settings,
    schedule: clock.schedule,
    nowMs: clock.nowMs,
  });
  return { queue, ...clock };
};

deliveryQueueContract('in memory', inMemory);
deliveryEndpointsContract('in memory', inMemory);

test('closing calls off what was planned', async () => {
  const clock = handClock();
  const queue = new MemoryDeliveryQueue({ ladderMs: [5, 5], schedule: clock.schedule });
  await queue.add([aJob('a')]);
  expect(clock.planned.size).toBe(1);
  await queue.close();
  expect(clock.planned.size).toBe(0);
});
