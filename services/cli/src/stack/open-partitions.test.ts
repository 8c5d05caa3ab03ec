import { identity, logRecordToWire, TOPICS } from '@strata/contracts';
import { MemoryLog, MemoryLogReader, MemoryLogWriter, MemoryStateStore } from '@strata/memory';
import { MemorySchemaRegistry, readSchemaFolder, registerSchemas } from '@strata/schema-registry';
import { keyedPseudonyms } from '@strata/service-runtime';
import { expect, test } from 'vitest';
import { openPartitions } from './open-partitions.ts';
import { openStackSerdes } from './stack-serdes.ts';

const clock = { nowMs: () => 0 };
const registry = new MemorySchemaRegistry();
await registerSchemas(registry, readSchemaFolder());
const serdes = await openStackSerdes(registry, clock);
const under = (fill: number | null) =>
  identity({ pseudonyms: fill === null ? null : keyedPseudonyms(new Uint8Array(32).fill(fill)) });

function aLog() {
  const log = new MemoryLog(clock);
  log.createTopic(TOPICS.customerLog, 3);
  const parts = { reader: new MemoryLogReader(log), writer: new MemoryLogWriter(log) };
  return { ...parts, serdes, store: new MemoryStateStore() };
}

test('a stack keeps the time and the pseudonym key that it was opened with', async () => {
  const stack = aLog();
  await openPartitions({ ...stack, identity: under(1) }, 'data');
  await openPartitions({ ...stack, identity: under(1) }, 'data');
  expect((await stack.reader.bounds(TOPICS.customerLog)).map(({ end }) => end)).toEqual([1, 1, 1]);
  for (const other of [under(2), under(null)]) {
    await expect(openPartitions({ ...stack, identity: other }, 'data')).rejects.toMatchObject({
      code: 'STRATA_STACK_OTHER_PSEUDONYM_KEY',
    });
  }
  await expect(openPartitions({ ...stack, identity: under(1) }, 'wall')).rejects.toMatchObject({
    code: 'STRATA_STACK_OTHER_TIME',
  });
});

test('a stack that was opened without pseudonyms takes no key afterwards', async () => {
  const stack = aLog();
  await openPartitions({ ...stack, identity: under(null) }, 'wall');
  await expect(openPartitions({ ...stack, identity: under(1) }, 'wall')).rejects.toMatchObject({
    code: 'STRATA_STACK_OTHER_PSEUDONYM_KEY',
  });
});

test('a stack that went live starts in wall time alone, also where its state is gone', async () => {
  const stack = { ...aLog(), identity: under(null) };
  await openPartitions(stack, 'data');
  const live = { kind: 'went-live', at: 1_767_323_045_678, announceFrom: null } as const;
  const value = serdes.customerLog.encode(logRecordToWire(live));
  const place = { topic: TOPICS.customerLog, partition: 0 };
  await stack.writer.send([{ ...place, key: null, value, headers: {} }]);
  await openPartitions(stack, 'wall');
  await expect(openPartitions(stack, 'data')).rejects.toMatchObject({
    code: 'STRATA_STACK_OTHER_TIME',
    sentence: { en: expect.stringContaining('went live at 2026-01-02T03:04:05.678Z') },
  });
});
