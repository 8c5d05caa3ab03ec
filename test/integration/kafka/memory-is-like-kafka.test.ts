import { MemoryGroupReader, MemoryLog, MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import type { RecordLogHarness } from '@strata/testing/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Sightings, traceSettings } from '../trace-settings.ts';
import { LogReplay, logTrace } from './log-trace.ts';
import { openKafkaLog } from './open-kafka-log.ts';

let kafka: RecordLogHarness;
beforeAll(async () => {
  kafka = await openKafkaLog();
});
afterAll(() => kafka.close());

/** A gap is what an aborted transaction leaves: the offset of its record, and that of its marker. */
const GAP_OFFSETS = 2;

function inMemory(): RecordLogHarness {
  const log = new MemoryLog({ nowMs: () => 1 });
  let names = 0;
  const newName = (): string => `name-${names++}`;
  return {
    reader: new MemoryLogReader(log),
    writer: new MemoryLogWriter(log),
    newGroupReader: () => new MemoryGroupReader(log),
    createTopic: async (partitions) => {
      const topic = newName();
      log.createTopic(topic, partitions);
      return topic;
    },
    newGroupId: newName,
    appendGap: async (at) => {
      for (let offset = 0; offset < GAP_OFFSETS; offset += 1) log.appendGap(at);
    },
    cutBefore: async (at, offset) => log.cutBefore(at, offset),
    close: async () => undefined,
  };
}

test('the same commands get the same replies from memory and from Kafka', async () => {
  const seen = new Sightings();
  await fc.assert(
    fc.asyncProperty(logTrace, async (trace) => {
      const replies = await new LogReplay(kafka).run(trace);
      expect(replies).toEqual(await new LogReplay(inMemory()).run(trace));
      for (const [index, { kind }] of trace.entries()) {
        const isRefused = JSON.stringify(replies[index * 2]).includes('OUT_OF_RANGE');
        seen.note(isRefused ? `${kind} out of range` : kind);
      }
    }),
    { ...traceSettings(20), endOnFailure: true },
  );
  seen.tell();
  for (const kind of ['append', 'gap', 'cut', 'read', 'read out of range', 'join']) {
    expect(seen.of(kind), kind).toBeGreaterThan(2);
  }
}, 300_000);
