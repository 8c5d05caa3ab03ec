import type { RecordLogHarness } from '@strata/testing/contracts';
import { groupReaderContract, recordLogContract } from '@strata/testing/contracts';
import { expect, test } from 'vitest';
import { MemoryLog, MemoryLogReader, MemoryLogWriter } from './memory-log.ts';
import { MemoryGroupReader } from './memory-log-group-reader.ts';

async function openMemoryLog(): Promise<RecordLogHarness> {
  let nowMs = 1_700_000_000_000;
  const log = new MemoryLog({ nowMs: () => (nowMs += 1) });
  let names = 0;
  const newName = (kind: string) => {
    names += 1;
    return `strata.${kind}-${names}`;
  };
  return {
    reader: new MemoryLogReader(log),
    writer: new MemoryLogWriter(log),
    newGroupReader: () => new MemoryGroupReader(log, { backOff: async () => undefined }),
    createTopic: async (partitions) => {
      const topic = newName('topic');
      log.createTopic(topic, partitions);
      return topic;
    },
    newGroupId: () => newName('group'),
    appendGap: async (at) => log.appendGap(at),
    cutBefore: async (at, offset) => log.cutBefore(at, offset),
    close: async () => undefined,
  };
}

recordLogContract('in memory', openMemoryLog);
groupReaderContract('in memory', openMemoryLog);

test('never stamps an earlier time than before, whatever the clock says', () => {
  const times = [5, 3, 7];
  const log = new MemoryLog({ nowMs: () => times.shift() ?? 0 });
  log.createTopic('t', 1);
  const record = { topic: 't', partition: 0, key: null, value: null, headers: {} };
  for (let count = 0; count < 3; count += 1) log.append([record]);
  const { records } = log.slice(record, { from: 0, to: 3, limit: 10 });
  expect(records.map(({ appendedAt }) => appendedAt)).toEqual([5, 5, 7]);
});

test('appends nothing when one of the places does not exist', () => {
  const log = new MemoryLog({ nowMs: () => 1 });
  log.createTopic('t', 1);
  const record = { topic: 't', partition: 0, key: null, value: null, headers: {} };
  expect(() => log.append([record, { ...record, partition: 1 }])).toThrow('t partition 1');
  expect(log.bounds('t')).toEqual([{ start: 0, end: 0 }]);
});
