import { describe, expect, it } from 'vitest';
import type { RecordBatch, TopicPartition } from './ports.ts';
import { ReadingPlaces } from './reading-places.ts';

const GROUP = { groupId: 'g', topics: ['t'] };
const AT: TopicPartition = { topic: 't', partition: 0 };

function aBatch(to: number, { appendedAt = 0 } = {}): RecordBatch {
  const records = Array.from({ length: to }, (_, n) => {
    return { ...AT, offset: n, appendedAt, key: null, value: null, headers: {} };
  });
  const rest = { heartbeat: async () => {}, isOwned: () => true };
  return { ...AT, records, nextOffset: to, logEnd: 9, ...rest };
}

function aLog(bounds: { start: number; end: number }, committed: number | null = null) {
  return {
    bounds: async () => [bounds],
    committed: async () => new Map(committed === null ? [] : [['t:0', committed]]),
  };
}

describe('how far a reader of a group is', () => {
  it('is not known before the group or a batch has told', async () => {
    const places = new ReadingPlaces();
    places.joined([AT]);
    expect(places.lags(0)).toEqual([{ ...AT, lag: null }]);
    await places.lookAt(aLog({ start: 3, end: 10 }, 7), GROUP, () => 0);
    expect(places.lags(0)).toMatchObject([{ lag: { records: 3 } }]);
    places.joined([AT]);
    await places.lookAt(aLog({ start: 3, end: 10 }), GROUP, () => 0);
    expect(places.lags(0)).toMatchObject([{ lag: { records: 7 } }]);
  });

  it('is as late as the first record in hand, where the broker has said when that came', () => {
    const places = new ReadingPlaces();
    places.joined([AT], new Map([['t:0', 0]]));
    const batch = aBatch(5, { appendedAt: 1_000 });
    places.began(batch, 61_000, true);
    expect(places.lags(61_000)).toMatchObject([{ lag: { records: 9, ms: 60_000 } }]);
    places.began(batch, 61_000, false);
    expect(places.lags(61_000)).toMatchObject([{ lag: { records: 9, ms: 0 } }]);
    places.done(batch);
    expect(places.lags(62_000)).toMatchObject([{ lag: { records: 4, ms: 1_000 } }]);
  });

  it('ends with the assignment', () => {
    const places = new ReadingPlaces();
    places.joined([AT], new Map([['t:0', 0]]));
    places.joined([]);
    places.began(aBatch(5), 0, true);
    expect(places.lags(0)).toEqual([]);
  });
});
