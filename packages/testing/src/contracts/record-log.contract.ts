import type { TopicPartition } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordLogHarness } from './record-log-harness.ts';
import { aRecord, readAll, valueOf } from './record-log-harness.ts';

/** What every `LogReader` and `LogWriter` does, whatever lies below. */
export function recordLogContract(name: string, open: () => Promise<RecordLogHarness>): void {
  describe(`${name} as a record log`, () => {
    let log: RecordLogHarness;
    beforeAll(async () => {
      log = await open();
    });
    afterAll(async () => {
      await log.close();
    });

    const send = (at: TopicPartition, values: readonly string[]) =>
      log.writer.send(values.map((value) => aRecord(at, value)));

    test('keeps the order of a partition over sends', async () => {
      const topic = await log.createTopic(2);
      await send({ topic, partition: 1 }, ['a', 'b']);
      await send({ topic, partition: 1 }, ['c']);
      const records = await readAll(log.reader.read({ topic, partition: 1, offset: 0 }));
      expect(records.map(valueOf)).toEqual(['a', 'b', 'c']);
      expect(records.map(({ offset }) => offset)).toEqual([0, 1, 2]);
      expect(await readAll(log.reader.read({ topic, partition: 0, offset: 0 }))).toEqual([]);
    });

    test('puts the records of one send where each says', async () => {
      const [one, two] = [await log.createTopic(2), await log.createTopic(1)];
      await log.writer.send([
        aRecord({ topic: one, partition: 0 }, 'a'),
        aRecord({ topic: two, partition: 0 }, 'b'),
        aRecord({ topic: one, partition: 1 }, 'c'),
        aRecord({ topic: one, partition: 0 }, 'd'),
      ]);
      const values = async (topic: string, partition: number) =>
        (await readAll(log.reader.read({ topic, partition, offset: 0 }))).map(valueOf);
      expect(await values(one, 0)).toEqual(['a', 'd']);
      expect(await values(one, 1)).toEqual(['c']);
      expect(await values(two, 0)).toEqual(['b']);
    });

    test('gives keys, values and headers back byte for byte, null as null', async () => {
      const topic = await log.createTopic(1);
      const bytes = Uint8Array.from([0, 255, 10, 13, 128]);
      const headers = { 'strata-seq': bytes, empty: new Uint8Array() };
      await log.writer.send([
        { topic, partition: 0, key: bytes, value: bytes, headers },
        { topic, partition: 0, key: null, value: null, headers: {} },
        { topic, partition: 0, key: new Uint8Array(), value: new Uint8Array(), headers: {} },
      ]);
      const records = await readAll(log.reader.read({ topic, partition: 0, offset: 0 }));
      const plain = (data: Uint8Array | null | undefined) => (data ? [...data] : data);
      expect(records.map(({ key, value }) => [plain(key), plain(value)])).toEqual([
        [[...bytes], [...bytes]],
        [null, null],
        [[], []],
      ]);
      expect(Object.keys(records[0]?.headers ?? {}).sort()).toEqual(['empty', 'strata-seq']);
      expect(plain(records[0]?.headers['strata-seq'])).toEqual([...bytes]);
      expect(plain(records[0]?.headers['empty'])).toEqual([]);
      expect(records[1]?.headers).toEqual({});
    });

    test('stamps the append time of the log, which never goes back in a partition', async () => {
      const topic = await log.createTopic(1);
      for (const value of ['a', 'b', 'c']) await send({ topic, partition: 0 }, [value]);
      const records = await readAll(log.reader.read({ topic, partition: 0, offset: 0 }));
      const times = records.map(({ appendedAt }) => appendedAt);
      expect(times).toEqual([...times].sort((left, right) => left - right));
      expect(times[0]).toBeGreaterThan(0);
    });

    test('knows partitions and bounds, after a cut too', async () => {
      const topic = await log.createTopic(3);
      await send({ topic, partition: 2 }, ['a', 'b', 'c']);
      await log.cutBefore({ topic, partition: 2 }, 2);
      expect(await log.reader.partitionCount(topic)).toBe(3);
      expect(await log.reader.bounds(topic)).toEqual([
        { start: 0, end: 0 },
        { start: 0, end: 0 },
        { start: 2, end: 3 },
      ]);
    });

    test('reads a range, up to the end at the time of the call by default', async () => {
      const at = { topic: await log.createTopic(1), partition: 0 };
      await send(at, ['a', 'b', 'c', 'd']);
      const range = await readAll(log.reader.read({ ...at, offset: 1 }, 3));
      expect(range.map(valueOf)).toEqual(['b', 'c']);
      const rest = await readAll(log.reader.read({ ...at, offset: 2 }, 1_000));
      expect(rest.map(valueOf)).toEqual(['c', 'd']);
      expect(await readAll(log.reader.read({ ...at, offset: 4 }))).toEqual([]);
      expect(await readAll(log.reader.read({ ...at, offset: 2 }, 2))).toEqual([]);
    });

    test('reads across gaps and ends at one', async () => {
      const at = { topic: await log.createTopic(1), partition: 0 };
      await send(at, ['a']);
      await log.appendGap(at);
      await send(at, ['b']);
      await log.appendGap(at);
      const records = await readAll(log.reader.read({ ...at, offset: 0 }));
      expect(records.map(valueOf)).toEqual(['a', 'b']);
      const [bounds] = await log.reader.bounds(at.topic);
      expect(bounds?.end).toBeGreaterThan((records.at(-1)?.offset ?? 0) + 1);
    });

    test('refuses to read below the start or beyond the end', async () => {
      const at = { topic: await log.createTopic(1), partition: 0 };
      await send(at, ['a', 'b', 'c']);
      await log.cutBefore(at, 2);
      const outOfRange = { code: 'STRATA_LOG_OFFSET_OUT_OF_RANGE' };
      await expect(readAll(log.reader.read({ ...at, offset: 1 }))).rejects.toMatchObject(
        outOfRange,
      );
      await expect(readAll(log.reader.read({ ...at, offset: 9 }))).rejects.toMatchObject(
        outOfRange,
      );
    });

    test('finds the last record of each partition, also behind a gap', async () => {
      const topic = await log.createTopic(4);
      const [empty, plain, gapped, cut] = [0, 1, 2, 3].map((partition) => ({
        topic,
        partition,
      })) as [TopicPartition, TopicPartition, TopicPartition, TopicPartition];
      const all = [empty, plain, gapped, cut];
      await send(plain, ['a', 'b']);
      await send(gapped, ['c', 'd']);
      await log.appendGap(gapped);
      await send(cut, ['e']);
      await log.cutBefore(cut, 1);
      const tails = await log.reader.tails(all);
      expect([...tails.keys()].sort()).toEqual(all.map(tpKey).sort());
      const tail = (at: TopicPartition) => tails.get(tpKey(at));
      expect(tail(empty)).toBeNull();
      expect(tail(plain)).toMatchObject({ offset: 1 });
      expect(tail(gapped)).toMatchObject({ offset: 1 });
      expect(tail(cut)).toBeNull();
      expect(await log.reader.tails([])).toEqual(new Map());
    });

    test('has no positions for a group that never committed', async () => {
      const topic = await log.createTopic(2);
      expect(await log.reader.committed(log.newGroupId(), [topic])).toEqual(new Map());
    });

    test('names a topic that is not there', async () => {
      const unknown = { code: 'STRATA_LOG_TOPIC_UNKNOWN' };
      await expect(log.reader.bounds('strata.nowhere.v1')).rejects.toMatchObject(unknown);
      await expect(log.reader.partitionCount('strata.nowhere.v1')).rejects.toMatchObject(unknown);
      await expect(
        readAll(log.reader.read({ topic: 'strata.nowhere.v1', partition: 0, offset: 0 })),
      ).rejects.toMatchObject(unknown);
    });

    test('sends nothing for no records', async () => {
      await expect(log.writer.send([])).resolves.toBeUndefined();
    });
  });
}
