import { deliveryQueueContract } from '@strata/testing/contracts';
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

deliveryQueueContract('in memory', async (settings) => {
  const clock = handClock();
  const queue = new MemoryDeliveryQueue({ ...settings, schedule: clock.schedule });
  return { queue, ...clock };
});

test('closing calls off what was planned', async () => {
  const clock = handClock();
  const queue = new MemoryDeliveryQueue({ ladderMs: [5, 5], schedule: clock.schedule });
  await queue.add([{ id: 'a', endpoint: 'crm', body: '{}', eventId: '0.0.0', subject: 'c1' }]);
  expect(clock.planned.size).toBe(1);
  await queue.close();
  expect(clock.planned.size).toBe(0);
});
