import type { BatchOutcome, GroupReader, RecordBatch } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RecordLogHarness } from './record-log-harness.ts';
import { aRecord, GroupProbe } from './record-log-harness.ts';

/** Far off: positions in these tests are committed by a clean stop, not by time. */
const COMMIT_INTERVAL_MS = 60_000;

/** What every `GroupReader` does, alone and beside another member. */
export function groupReaderContract(name: string, open: () => Promise<RecordLogHarness>): void {
  describe(`${name} as a group reader`, () => {
    let log: RecordLogHarness;
    const running = new Set<GroupReader>();
    beforeAll(async () => {
      log = await open();
    });
    afterEach(async () => {
      await Promise.all([...running].map((reader) => reader.stop()));
      running.clear();
    });
    afterAll(async () => {
      await log.close();
    });

    async function member(topic: string, groupId: string, probe: GroupProbe): Promise<GroupReader> {
      const reader = log.newGroupReader();
      running.add(reader);
      const settings = { groupId, topics: [topic], commitIntervalMs: COMMIT_INTERVAL_MS };
      await reader.start(settings, probe);
      return reader;
    }

    async function stop(reader: GroupReader): Promise<void> {
      running.delete(reader);
      await reader.stop();
    }

    const send = (topic: string, partition: number, values: readonly string[]) =>
      log.writer.send(values.map((value) => aRecord({ topic, partition }, value)));

    test('delivers each partition in order from the start of the log, later records too', async () => {
      const topic = await log.createTopic(2);
      await send(topic, 0, ['a', 'b']);
      const probe = new GroupProbe();
      await member(topic, log.newGroupId(), probe);
      await probe.until(() => probe.records.length === 2);
      await send(topic, 1, ['c']);
      await send(topic, 0, ['d']);
      await probe.until(() => probe.records.length === 4);
      const of = (partition: number) =>
        probe.records
          .filter((record) => record.partition === partition)
          .map(({ offset }) => offset);
      expect(of(0)).toEqual([0, 1, 2]);
      expect(of(1)).toEqual([0]);
      expect(probe.assignments).toEqual([
        { partitions: [`${topic}:0`, `${topic}:1`], cause: 'joined' },
      ]);
      expect(probe.batches.at(-1)?.nextOffset).toBe(probe.batches.at(-1)?.logEnd);
    });

    test('delivers nothing below the answered start, also when the answer takes its time', async () => {
      const topic = await log.createTopic(2);
      await send(topic, 0, ['a', 'b', 'c', 'd']);
      await send(topic, 1, ['e', 'f']);
      const starts = new Map([
        [`${topic}:0`, 3],
        [`${topic}:1`, 1],
      ]);
      const probe = new GroupProbe({ starts: () => starts });
      const { promise: isAnswered, resolve: answer } = Promise.withResolvers<void>();
      const onAssigned = probe.onAssigned.bind(probe);
      probe.onAssigned = async (assigned, cause) => {
        const answered = await onAssigned(assigned, cause);
        await isAnswered;
        return answered;
      };
      await member(topic, log.newGroupId(), probe);
      await probe.until(() => probe.assignments.length === 1);
      await send(topic, 0, ['g']);
      expect(probe.records).toEqual([]);
      answer();
      await probe.until(() => probe.records.length >= 3);
      expect(probe.values().map(String).sort()).toEqual(['d', 'f', 'g']);
    });

    test('delivers nothing of a halted partition, and all of the others', async () => {
      const topic = await log.createTopic(2);
      const groupId = log.newGroupId();
      await send(topic, 0, ['a']);
      await send(topic, 1, ['x']);
      const halted = new GroupProbe({ starts: () => new Map([[`${topic}:0`, null]]) });
      const reader = await member(topic, groupId, halted);
      await halted.until(() => halted.records.length === 1);
      await send(topic, 0, ['b']);
      await send(topic, 1, ['y']);
      await halted.until(() => halted.records.length === 2);
      await stop(reader);
      expect(halted.values()).toEqual(['x', 'y']);
      expect(halted.fatals).toEqual([]);
      expect(await log.reader.committed(groupId, [topic])).toEqual(new Map([[`${topic}:1`, 2]]));
      const next = new GroupProbe();
      await member(topic, groupId, next);
      await next.until(() => next.records.length === 2);
      expect(next.values()).toEqual(['a', 'b']);
    });

    test('voids one partition on reacquire, asks again and goes on from the new answer', async () => {
      const topic = await log.createTopic(2);
      await send(topic, 0, ['a', 'b', 'c']);
      await send(topic, 1, ['x']);
      let refusals = 2;
      const probe = new GroupProbe({
        starts: () => new Map([[`${topic}:0`, 3 - refusals]]),
        batch: ({ partition }) => {
          if (partition === 1 || refusals === 0) return 'done';
          refusals -= 1;
          return 'reacquire';
        },
      });
      await member(topic, log.newGroupId(), probe);
      await probe.until(() => probe.assignments.length === 3 && probe.records.length >= 4);
      await send(topic, 0, ['d']);
      await probe.until(() => probe.values().includes('d'));
      expect(probe.assignments.slice(1)).toEqual([
        { partitions: [`${topic}:0`], cause: 'reacquired' },
        { partitions: [`${topic}:0`], cause: 'reacquired' },
      ]);
      const firsts = probe.batches
        .filter(({ partition }) => partition === 0)
        .map(({ records }) => records[0]?.offset);
      expect(firsts).toEqual([1, 2, 3]);
      expect(probe.values().filter((value) => value === 'x')).toEqual(['x']);
    });

    test('asks again for a silent partition that its owner gives up, and for no other', async () => {
      const topic = await log.createTopic(2);
      await send(topic, 0, ['a', 'b']);
      await send(topic, 1, ['x']);
      const probe = new GroupProbe({ starts: () => new Map([[`${topic}:0`, 0]]) });
      const reader = await member(topic, log.newGroupId(), probe);
      await probe.until(() => probe.records.length === 3);
      reader.reacquire({ topic, partition: 0 });
      reader.reacquire({ topic: `${topic}-other`, partition: 0 });
      await probe.until(() => probe.records.length === 5);
      expect(probe.assignments.slice(1)).toEqual([
        { partitions: [`${topic}:0`], cause: 'reacquired' },
      ]);
      await send(topic, 0, ['c']);
      await probe.until(() => probe.values().includes('c'));
      const ofZero = probe.records.filter(({ partition }) => partition === 0);
      expect(ofZero.map(({ offset }) => offset)).toEqual([0, 1, 0, 1, 2]);
    });

    test('voids a batch in hand whose partition is given up', async () => {
      const topic = await log.createTopic(1);
      await send(topic, 0, ['a']);
      let isFirst = true;
      const probe = new GroupProbe({
        batch: async (batch): Promise<BatchOutcome> => {
          if (!isFirst) return 'done';
          isFirst = false;
          reader.reacquire(batch);
          expect(batch.isOwned()).toBe(false);
          return 'done';
        },
      });
      const reader = log.newGroupReader();
      running.add(reader);
      const settings = {
        groupId: log.newGroupId(),
        topics: [topic],
        commitIntervalMs: COMMIT_INTERVAL_MS,
      };
      await reader.start(settings, probe);
      await probe.until(() => probe.records.length === 2);
      expect(probe.records.map(({ offset }) => offset)).toEqual([0, 0]);
    });

    test('goes back where a partition that is asked for again starts below what was done', async () => {
      const topic = await log.createTopic(1);
      await send(topic, 0, ['a', 'b', 'c']);
      let asked = 0;
      const probe = new GroupProbe({
        starts: () => new Map([[`${topic}:0`, asked++]]),
        batch: ({ records }) =>
          asked === 1 && records.some(({ offset }) => offset === 3) ? 'reacquire' : 'done',
      });
      await member(topic, log.newGroupId(), probe);
      await probe.until(() => probe.values().includes('c'));
      await send(topic, 0, ['d']);
      await probe.until(() => probe.records.length === 7);
      expect(probe.values()).toEqual(['a', 'b', 'c', 'd', 'b', 'c', 'd']);
    });

    test('brings a batch again that threw, with nothing passed over', async () => {
      const topic = await log.createTopic(1);
      await send(topic, 0, ['a', 'b']);
      let faults = 3;
      const probe = new GroupProbe({
        batch: () => {
          if (faults === 0) return 'done';
          faults -= 1;
          throw new Error('the store is down');
        },
      });
      await member(topic, log.newGroupId(), probe);
      await probe.until(() => probe.batches.length === 4);
      await send(topic, 0, ['c']);
      await probe.until(() => probe.values().includes('c'));
      expect(probe.batches.map(({ records }) => records[0]?.offset)).toEqual([0, 0, 0, 0, 2]);
      expect(probe.assignments).toHaveLength(1);
      expect(probe.fatals).toEqual([]);
    });

    test('ends at a programmer fault and says so once', async () => {
      const topic = await log.createTopic(1);
      await send(topic, 0, ['a']);
      const fault = new TypeError('broken');
      const probe = new GroupProbe({
        batch: () => {
          throw fault;
        },
      });
      const groupId = log.newGroupId();
      const reader = await member(topic, groupId, probe);
      await probe.until(() => probe.fatals.length > 0);
      await stop(reader);
      expect(probe.fatals).toEqual([fault]);
      expect(probe.batches).toHaveLength(1);
      expect(await log.reader.committed(groupId, [topic])).toEqual(new Map());
    });

    test.each([
      ['below the start of the log', 1],
      ['beyond its end', 9],
    ])('ends when the answered start lies %s', async (_, start) => {
      const topic = await log.createTopic(1);
      await send(topic, 0, ['a', 'b', 'c']);
      await log.cutBefore({ topic, partition: 0 }, 2);
      const probe = new GroupProbe({ starts: () => new Map([[`${topic}:0`, start]]) });
      await member(topic, log.newGroupId(), probe);
      await probe.until(() => probe.fatals.length > 0);
      expect(probe.fatals).toEqual([
        expect.objectContaining({ code: 'STRATA_LOG_OFFSET_OUT_OF_RANGE' }),
      ]);
      expect(probe.records).toEqual([]);
    });

    test('goes on after a stop where the group had committed', async () => {
      const topic = await log.createTopic(1);
      const groupId = log.newGroupId();
      await send(topic, 0, ['a', 'b']);
      const first = new GroupProbe();
      const reader = await member(topic, groupId, first);
      await first.until(() => first.records.length === 2);
      await stop(reader);
      expect(await log.reader.committed(groupId, [topic])).toEqual(new Map([[`${topic}:0`, 2]]));
      await send(topic, 0, ['c']);
      const second = new GroupProbe();
      await member(topic, groupId, second);
      await second.until(() => second.records.length > 0);
      expect(second.values()).toEqual(['c']);
    });

    test('never commits what was not done', async () => {
      const topic = await log.createTopic(2);
      const groupId = log.newGroupId();
      await send(topic, 0, ['a']);
      await send(topic, 1, ['b']);
      const probe = new GroupProbe({
        batch: ({ partition }) => {
          if (partition === 0) throw new Error('not yet');
          return 'done';
        },
      });
      const reader = await member(topic, groupId, probe);
      await probe.until(() => probe.values().includes('a') && probe.values().includes('b'));
      await stop(reader);
      expect(await log.reader.committed(groupId, [topic])).toEqual(new Map([[`${topic}:1`, 1]]));
    });

    test('finishes the batch in hand before it stops, and commits it', async () => {
      const topic = await log.createTopic(1);
      const groupId = log.newGroupId();
      await send(topic, 0, ['a']);
      const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
      let isOwnedAtEnd: boolean | undefined;
      const probe = new GroupProbe({
        batch: async (batch): Promise<BatchOutcome> => {
          await isReleased;
          await batch.heartbeat();
          isOwnedAtEnd = batch.isOwned();
          return 'done';
        },
      });
      const reader = await member(topic, groupId, probe);
      await probe.until(() => probe.batches.length === 1);
      let isStopped = false;
      const stopped = stop(reader).then(() => {
        isStopped = true;
      });
      await send(topic, 0, ['b']);
      expect(isStopped).toBe(false);
      release();
      await stopped;
      expect(isOwnedAtEnd).toBe(true);
      expect(probe.values()).toEqual(['a']);
      expect(await log.reader.committed(groupId, [topic])).toEqual(new Map([[`${topic}:0`, 1]]));
    });

    test('shares the partitions with a second member and takes them back when it leaves', async () => {
      const topic = await log.createTopic(4);
      const groupId = log.newGroupId();
      const all = [0, 1, 2, 3].map((partition) => tpKey({ topic, partition }));
      const [one, two] = [new GroupProbe(), new GroupProbe()];
      await member(topic, groupId, one);
      await one.until(() => one.lastAssigned().length === 4);
      const second = await member(topic, groupId, two);
      await two.until(() => two.lastAssigned().length === 2);
      await one.until(() => one.lastAssigned().length === 2);
      expect([...one.lastAssigned(), ...two.lastAssigned()].sort()).toEqual(all);
      for (const partition of [0, 1, 2, 3]) await send(topic, partition, [`p${partition}`]);
      await one.until(() => one.records.length === 2);
      await two.until(() => two.records.length === 2);
      expect(one.records.map(tpKey).sort()).toEqual(one.lastAssigned());
      expect(two.records.map(tpKey).sort()).toEqual(two.lastAssigned());
      await stop(second);
      await one.until(() => one.lastAssigned().length === 4);
      for (const partition of [0, 1, 2, 3]) await send(topic, partition, [`q${partition}`]);
      const isBack = (value: string) => one.values().includes(value);
      await one.until(() => ['q0', 'q1', 'q2', 'q3'].every(isBack));
    });

    test('voids a batch in hand when another member joins, and does not count it', async () => {
      const topic = await log.createTopic(2);
      const groupId = log.newGroupId();
      await send(topic, 0, ['a']);
      let held: RecordBatch | undefined;
      const one = new GroupProbe({
        batch: async (batch): Promise<BatchOutcome> => {
          if (held !== undefined) return 'done';
          held = batch;
          // A busy handler finds out by its heartbeats that the assignment has been taken away.
          while (batch.isOwned()) await batch.heartbeat();
          return 'done';
        },
      });
      await member(topic, groupId, one);
      await one.until(() => one.batches.length === 1);
      const two = new GroupProbe();
      await member(topic, groupId, two);
      const times = () =>
        [...one.values(), ...two.values()].filter((value) => value === 'a').length;
      await Promise.race([one.until(() => times() === 2), two.until(() => times() === 2)]);
      expect(held?.isOwned()).toBe(false);
    });
  });
}
