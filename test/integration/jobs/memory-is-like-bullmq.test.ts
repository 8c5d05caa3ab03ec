import { BullDeliveryQueue } from '@strata/jobs';
import { MemoryDeliveryQueue } from '@strata/memory';
import type { DeliveryQueue } from '@strata/pipeline';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';
import { Sightings, traceSettings } from '../trace-settings.ts';
import { LADDER_MS, type QueueTrace, queueTrace, replayQueue } from './queue-trace.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

async function replies(queue: DeliveryQueue, trace: QueueTrace): Promise<readonly unknown[]> {
  try {
    return await replayQueue(queue, trace);
  } finally {
    await queue.close();
  }
}

test('the same commands get the same replies from memory and from BullMQ', async () => {
  const seen = new Sightings();
  let traces = 0;
  await fc.assert(
    fc.asyncProperty(queueTrace, async (trace) => {
      traces += 1;
      const settings = { ladderMs: LADDER_MS };
      const name = `trace-${traces}`;
      const bull = await BullDeliveryQueue.connect({ ...settings, url: server.url, name });
      const told = await replies(bull, trace);
      expect(told).toEqual(await replies(new MemoryDeliveryQueue(settings), trace));
      for (const reply of told) if (typeof reply === 'string') seen.note(reply);
      const attempts = told.at(-1) as [string, number[]][];
      for (const [, of] of attempts) seen.note(`${of.length} attempts`);
    }),
    traceSettings(40),
  );
  seen.tell();
  for (const what of ['taken', 'crash', '1 attempts', '2 attempts', '3 attempts']) {
    expect(seen.of(what), what).toBeGreaterThan(5);
  }
}, 300_000);
