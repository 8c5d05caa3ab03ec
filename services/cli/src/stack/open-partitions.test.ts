import { identity, TOPICS } from '@strata/contracts';
import { MemoryLog, MemoryLogReader, MemoryLogWriter } from '@strata/memory';
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
  return { reader: new MemoryLogReader(log), writer: new MemoryLogWriter(log), serdes };
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
