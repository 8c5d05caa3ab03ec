import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ensureTopics,
  KafkaLogReader,
  KafkaLogWriter,
  type KafkaSettings,
  verifyTopics,
} from '@strata/kafka';
import type { BatchOutcome, GroupReader } from '@strata/pipeline';
import { aRecord, GroupProbe, type RecordLogHarness, readAll } from '@strata/testing/contracts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  foreignClient,
  freshName,
  kafkaSettings,
  LOG_APPEND_TIME,
  openKafkaLog,
  quickGroupReader,
} from './open-kafka-log.ts';

let log: RecordLogHarness;
let settings: KafkaSettings;

beforeAll(async () => {
  settings = await kafkaSettings();
  log = await openKafkaLog();
});

afterAll(async () => {
  await log.close();
});

const OUT_OF_RANGE = expect.objectContaining({ code: 'STRATA_LOG_OFFSET_OUT_OF_RANGE' });

test('stops when retention takes what was not read yet, and commits no jump', async () => {
  const topic = await log.createTopic(1);
  const at = { topic, partition: 0 };
  const groupId = freshName('group');
  await log.writer.send([aRecord(at, 'a')]);
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  const probe = new GroupProbe({
    batch: async (): Promise<BatchOutcome> => {
      await isReleased;
      return 'done';
    },
  });
  const reader = quickGroupReader(settings);
  await reader.start({ groupId, topics: [topic], commitIntervalMs: 60_000 }, probe);
  await probe.until(() => probe.batches.length === 1);
  await log.writer.send(['b', 'c', 'd'].map((value) => aRecord(at, value)));
  await log.cutBefore(at, 3);
  release();
  await probe.until(() => probe.fatals.length > 0);
  await reader.stop();
  expect(probe.fatals).toEqual([OUT_OF_RANGE]);
  expect(probe.values()).toEqual(['a']);
  expect(await log.reader.committed(groupId, [topic])).toEqual(new Map([[`${topic}:0`, 1]]));
});

test('refuses to go on from a committed position that the log no longer holds', async () => {
  const topic = await log.createTopic(1);
  const at = { topic, partition: 0 };
  const groupId = freshName('group');
  await log.writer.send(['a', 'b', 'c'].map((value) => aRecord(at, value)));
  const admin = foreignClient(settings).admin();
  await admin.connect();
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1' }] });
  await admin.disconnect();
  await log.cutBefore(at, 2);
  const probe = new GroupProbe();
  const reader = quickGroupReader(settings);
  await reader.start({ groupId, topics: [topic], commitIntervalMs: 60_000 }, probe);
  await probe.until(() => probe.fatals.length > 0);
  await reader.stop();
  expect(probe.fatals).toEqual([OUT_OF_RANGE]);
  expect(probe.records).toEqual([]);
});

describe('a member with records to handle', () => {
  const HANG_MS = 480;

  async function running(probe: GroupProbe, topic: string, hangMs = HANG_MS): Promise<GroupReader> {
    const reader = quickGroupReader(settings, { hangMs });
    const groupId = freshName('group');
    await reader.start({ groupId, topics: [topic], commitIntervalMs: 60_000 }, probe);
    return reader;
  }

  test('ends when its handler never returns, so that others can take over', async () => {
    const topic = await log.createTopic(1);
    await log.writer.send([aRecord({ topic, partition: 0 }, 'a')]);
    const gate = Promise.withResolvers<BatchOutcome>();
    const probe = new GroupProbe({ batch: () => gate.promise });
    const reader = await running(probe, topic);
    await probe.until(() => probe.fatals.length > 0);
    expect(probe.fatals).toEqual([
      expect.objectContaining({
        code: 'STRATA_KAFKA_NO_PROGRESS',
        details: { name: `${topic}:0` },
      }),
    ]);
    gate.resolve('done');
    await reader.stop();
  });

  test('ends when taking partitions over never returns', async () => {
    const topic = await log.createTopic(1);
    const gate = Promise.withResolvers<void>();
    const probe = new GroupProbe();
    const onAssigned = probe.onAssigned.bind(probe);
    probe.onAssigned = async (assigned, cause) => {
      await gate.promise;
      return onAssigned(assigned, cause);
    };
    const reader = await running(probe, topic);
    await probe.until(() => probe.fatals.length > 0);
    expect(probe.fatals).toEqual([expect.objectContaining({ code: 'STRATA_KAFKA_NO_PROGRESS' })]);
    gate.resolve();
    await reader.stop();
  });

  test('is left alone while its batch fails and comes again', async () => {
    const topic = await log.createTopic(1);
    await log.writer.send([aRecord({ topic, partition: 0 }, 'a')]);
    const batch = () => Promise.reject(new Error('the store is away'));
    const probe = new GroupProbe({ batch });
    // Above the longest wait between two tries, and below what seven of them take.
    const reader = await running(probe, topic, 2_100);
    await probe.until(() => probe.batches.length === 8);
    expect(probe.fatals).toEqual([]);
    await reader.stop();
  });

  test('is left alone while it waits and sends heartbeats', async () => {
    const topic = await log.createTopic(1);
    await log.writer.send([aRecord({ topic, partition: 0 }, 'a')]);
    const probe = new GroupProbe({
      batch: async (batch): Promise<BatchOutcome> => {
        const startedMs = performance.now();
        while (performance.now() - startedMs < 3 * HANG_MS) await batch.heartbeat();
        return 'done';
      },
    });
    const reader = await running(probe, topic);
    await probe.until(() => probe.batches.length === 1);
    await log.writer.send([aRecord({ topic, partition: 0 }, 'b')]);
    await probe.until(() => probe.values().includes('b') || probe.fatals.length > 0);
    expect(probe.fatals).toEqual([]);
    await reader.stop();
  });

  test('is left alone where its log ends with offsets that hold no record', async () => {
    const at = { topic: await log.createTopic(1), partition: 0 };
    await log.writer.send([aRecord(at, 'a')]);
    const probe = new GroupProbe();
    const reader = await running(probe, at.topic);
    await probe.until(() => probe.records.length === 1);
    await log.appendGap(at);
    const startedMs = performance.now();
    await vi.waitUntil(() => performance.now() - startedMs > 3 * HANG_MS, { timeout: 10_000 });
    expect(probe.fatals).toEqual([]);
    await log.writer.send([aRecord(at, 'b')]);
    await probe.until(() => probe.values().includes('b'));
    await reader.stop();
  });
});

test('commits in between, without a stop', async () => {
  const topic = await log.createTopic(1);
  const groupId = freshName('group');
  await log.writer.send([aRecord({ topic, partition: 0 }, 'a')]);
  const probe = new GroupProbe();
  const reader = quickGroupReader(settings);
  await reader.start({ groupId, topics: [topic], commitIntervalMs: 50 }, probe);
  await probe.until(() => probe.records.length === 1);
  await log.writer.send([aRecord({ topic, partition: 0 }, 'b')]);
  await expect
    .poll(() => log.reader.committed(groupId, [topic]))
    .toEqual(new Map([[`${topic}:0`, 2]]));
  await reader.stop();
});

test.each(['zstd', 'gzip', 'none'] as const)(
  'reads back what was written with %s',
  async (compression) => {
    const topic = await log.createTopic(1);
    const writer = new KafkaLogWriter(settings, { compression });
    const values = Array.from({ length: 3_000 }, (_, index) => `value ${index} ${'x'.repeat(100)}`);
    await writer.send(values.map((value) => aRecord({ topic, partition: 0 }, value)));
    await writer.close();
    const records = await readAll(log.reader.read({ topic, partition: 0, offset: 0 }));
    const text = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString();
    expect(records.map(({ value }) => text(value))).toEqual(values);
    const probe = new GroupProbe();
    const reader = quickGroupReader(settings);
    const groupId = freshName('group');
    await reader.start({ groupId, topics: [topic], commitIntervalMs: 60_000 }, probe);
    await probe.until(() => probe.records.length === values.length);
    await reader.stop();
    expect(probe.values()).toEqual(values);
  },
);

test('shows the time of the broker, whatever time the producer claims', async () => {
  const topic = await log.createTopic(1);
  const producer = foreignClient(settings).producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value: 'a', timestamp: '1000' }] });
  await producer.disconnect();
  const before = Date.now() - 60_000;
  const [record] = await readAll(log.reader.read({ topic, partition: 0, offset: 0 }));
  expect(record?.appendedAt).toBeGreaterThan(before);
  const probe = new GroupProbe();
  const reader = quickGroupReader(settings);
  const groupId = freshName('group');
  await reader.start({ groupId, topics: [topic], commitIntervalMs: 60_000 }, probe);
  await probe.until(() => probe.records.length === 1);
  await reader.stop();
  expect(probe.records[0]?.appendedAt).toBe(record?.appendedAt);
});

test('reads a compacted topic to its end, emptied batches included', async () => {
  const topic = freshName('compacted');
  const config = {
    ...LOG_APPEND_TIME,
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.001',
    'segment.ms': '50',
    'delete.retention.ms': '0',
  };
  await ensureTopics(settings, [{ name: topic, partitions: 1, config }]);
  // Each writer is a producer of its own: the last batch of each stays as an empty shell when its record is gone.
  for (let round = 0; round < 6; round += 1) {
    const writer = new KafkaLogWriter(settings);
    await writer.send([aRecord({ topic, partition: 0 }, `v${round}`, 'same key')]);
    await writer.close();
  }
  const records = await readAll(log.reader.read({ topic, partition: 0, offset: 0 }));
  expect(Buffer.from(records.at(-1)?.value ?? []).toString()).toBe('v5');
  const tails = await log.reader.tails([{ topic, partition: 0 }]);
  expect(tails.get(`${topic}:0`)).toMatchObject({ offset: 5 });
});

test('refuses to send to a partition that is not there, and goes on after it', async () => {
  const topic = await log.createTopic(1);
  const unknown = { code: 'STRATA_LOG_TOPIC_UNKNOWN' };
  const elsewhere = aRecord({ topic, partition: 7 }, 'a');
  await expect(log.writer.send([elsewhere])).rejects.toMatchObject(unknown);
  await expect(
    log.writer.send([aRecord({ topic: 'strata.nowhere.v1', partition: 0 }, 'a')]),
  ).rejects.toMatchObject(unknown);
  await log.writer.send([aRecord({ topic, partition: 0 }, 'b')]);
  expect(await log.reader.bounds(topic)).toEqual([{ start: 0, end: 1 }]);
});

test('refuses a second send while the first is under way', async () => {
  const topic = await log.createTopic(1);
  const first = log.writer.send([aRecord({ topic, partition: 0 }, 'a')]);
  await expect(log.writer.send([aRecord({ topic, partition: 0 }, 'b')])).rejects.toThrow(
    'once at a time',
  );
  await first;
});

const nowhere = { brokers: ['127.0.0.1:1'], clientId: 'strata-test' };

test('says that nothing could be sent when no broker answers', async () => {
  const writer = new KafkaLogWriter(nowhere);
  await expect(
    writer.send([aRecord({ topic: 'strata.x.v1', partition: 0 }, 'a')]),
  ).rejects.toMatchObject({ code: 'STRATA_LOG_SEND_FAILED', isRetryable: true });
});

test('says that nothing could be read when no broker answers', async () => {
  const reader = new KafkaLogReader(nowhere);
  await expect(reader.bounds('strata.x.v1')).rejects.toMatchObject({
    code: 'STRATA_LOG_UNREACHABLE',
  });
  await reader.close();
});

test('creates topics once and refuses those that differ', async () => {
  const topic = { name: freshName('topic'), partitions: 2, config: LOG_APPEND_TIME };
  expect(await ensureTopics(settings, [topic])).toEqual([topic.name]);
  expect(await ensureTopics(settings, [topic])).toEqual([]);
  const mismatch = { code: 'STRATA_KAFKA_TOPIC_MISMATCH' };
  await expect(ensureTopics(settings, [{ ...topic, partitions: 3 }])).rejects.toMatchObject(
    mismatch,
  );
  const otherTime = { 'message.timestamp.type': 'CreateTime' };
  await expect(verifyTopics(settings, [{ ...topic, config: otherTime }])).rejects.toMatchObject(
    mismatch,
  );
  await expect(
    verifyTopics(settings, [{ ...topic, name: freshName('none') }]),
  ).rejects.toMatchObject(mismatch);
});

test('keeps other warnings than the one it holds back', async () => {
  const seen: string[] = [];
  const listen = (warning: Error) => seen.push(warning.name);
  process.on('warning', listen);
  process.emitWarning('a timer below zero', 'TimeoutNegativeWarning');
  process.emitWarning('something else', 'StrataTestWarning');
  await nextTurn();
  process.off('warning', listen);
  expect(seen).toEqual(['StrataTestWarning']);
});
