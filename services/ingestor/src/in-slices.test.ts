import type { RecordBatch, TopicRecord } from '@strata/pipeline';
import { expect, test } from 'vitest';
import { inSlices } from './in-slices.ts';

const records = Array.from({ length: 3_500 }, (_, offset): TopicRecord => {
  return { topic: 't', partition: 0, offset, appendedAt: 0, key: null, value: null, headers: {} };
});

function aBatch(isOwned: () => boolean = () => true): RecordBatch {
  const place = { topic: 't', partition: 0, nextOffset: 3_500, logEnd: 3_500 };
  return { ...place, records, isOwned, heartbeat: async () => {} };
}

/** Each slice is known by its first offset. */
const firstOf = async (slice: readonly TopicRecord[]): Promise<number> => slice[0]?.offset ?? -1;

test('makes a slice while the one before is on its way, and sends it only behind that', async () => {
  const told: string[] = [];
  const outcome = await inSlices(aBatch(), {
    make: async (slice) => {
      const first = await firstOf(slice);
      told.push(`made ${first}`);
      return first;
    },
    send: async (first) => {
      told.push(`sends ${first}`);
      await new Promise(setImmediate);
      told.push(`sent ${first}`);
    },
  });
  expect(outcome).toBe('done');
  expect(told).toEqual([
    'made 0',
    'sends 0',
    'made 1000',
    'sent 0',
    'sends 1000',
    'made 2000',
    'sent 1000',
    'sends 2000',
    'made 3000',
    'sent 2000',
    'sends 3000',
    'sent 3000',
  ]);
});

test('sends nothing behind a failure', async () => {
  const sent: number[] = [];
  const work = inSlices(aBatch(), {
    make: firstOf,
    send: async (first) => {
      sent.push(first);
      if (first === 1_000) throw new Error('the log is away');
    },
  });
  await expect(work).rejects.toThrow('the log is away');
  expect(sent).toEqual([0, 1_000]);
});

test('stops where the batch is no longer its own, with nothing on its way', async () => {
  const sent: number[] = [];
  let isOwned = true;
  const work = inSlices(
    aBatch(() => isOwned),
    {
      make: firstOf,
      send: async (first) => {
        sent.push(first);
        isOwned = false;
      },
    },
  );
  expect(await work).toBe('reacquire');
  expect(sent).toEqual([0]);
});
