import type { TopicRecord } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import { expect, test } from 'vitest';
import { ChangeTail } from './change-tail.ts';

const serde = {} as TopicSerde;
const record = (offset: number, seq: number): TopicRecord => ({
  topic: 'strata.tier-changes.v1',
  partition: 0,
  offset,
  appendedAt: 0,
  key: Buffer.from(`c-${offset}`),
  value: null,
  headers: { 'strata-seq': Buffer.from(`1.${seq}`) },
});
const offsets = (tail: ChangeTail, from: number): readonly number[] =>
  tail.from(0, from, 100).map(({ offset }) => offset);

test('keeps the newest and says from where on it has all', () => {
  const tail = new ChangeTail(serde, 1, 5 * 203);
  tail.assigned(0, 0);
  tail.note({
    partition: 0,
    records: [0, 1, 2, 3, 4, 5, 6, 7].map((n) => record(n, n + 1)),
    nextOffset: 8,
  });
  expect([tail.startOf(0), tail.nextOf(0), tail.lastOf(0)]).toEqual([3, 8, { epoch: 1, seq: 8 }]);
  expect(offsets(tail, 5)).toEqual([5, 6, 7]);
});

test('what is read again after a rebalance is there once', () => {
  const tail = new ChangeTail(serde, 1);
  tail.note({ partition: 0, records: [record(0, 1), record(1, 2)], nextOffset: 2 });
  tail.assigned(0, 0);
  tail.note({ partition: 0, records: [record(0, 1), record(1, 2), record(2, 3)], nextOffset: 3 });
  expect(offsets(tail, 0)).toEqual([0, 1, 2]);
});

test('a gap before an assignment empties it, so that nothing is left out', () => {
  const tail = new ChangeTail(serde, 1);
  tail.note({ partition: 0, records: [record(0, 1)], nextOffset: 1 });
  tail.assigned(0, 10);
  tail.note({ partition: 0, records: [record(10, 11)], nextOffset: 11 });
  expect([tail.startOf(0), offsets(tail, 0)]).toEqual([10, [10]]);
});

test('the last number is never that of a repeat', () => {
  const tail = new ChangeTail(serde, 1);
  tail.note({ partition: 0, records: [record(0, 1), record(1, 2), record(2, 1)], nextOffset: 3 });
  expect(tail.lastOf(0)).toEqual({ epoch: 1, seq: 2 });
});
