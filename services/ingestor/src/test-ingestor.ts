import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type DeadLetter,
  deadLetterFromWire,
  eventToIntakeJson,
  type Identity,
  INTAKE_TOPICS,
  identity,
  logRecordFromWire,
  minimisation,
  REDRIVES_MAX_DEFAULT,
  TOPICS,
} from '@strata/contracts';
import type { CustomerEvent, LogRecord, TimeMode } from '@strata/domain';
import { MemoryGroupReader, MemoryLog, MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import { type LogWriter, partitionFor, silentLogger, type TopicRecord } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import { createMetrics, keyedMarker, seal } from '@strata/service-runtime';
import { expect, onTestFinished } from 'vitest';
import type { IngestorSettings } from './ingestor-ports.ts';
import { startIngestor } from './start-ingestor.ts';
import type { TopicMaps } from './topic-maps.ts';

/** What the ingestor's tests share: a registry and a log in memory, and an ingestor on them. */

export const PARTITIONS = 4;
export const KEY = new Uint8Array(32).fill(7);
export const at = Date.parse('2026-01-02T03:04:05.678Z');
export const clock = { nowMs: () => at };
export const bytes = (text: string) => new TextEncoder().encode(text);
export const partitionOf = (customerId: string) => partitionFor(bytes(customerId), PARTITIONS);

export const registry = new MemorySchemaRegistry();
await registerSchemas(registry, readSchemaFolder());
export const serde = await openTopicSerdes({
  source: registry,
  schemas: readSchemaFolder(),
  clock,
  untrusted: INTAKE_TOPICS,
});

export function aPurchase(customerId: string, eventId: string): CustomerEvent {
  const order = { orderSource: 'shop', orderId: eventId };
  const amount = { minor: 12_345, currency: 'CNY' };
  return {
    type: 'purchase',
    source: 'shop',
    eventId,
    customerId,
    occurredAt: at,
    ...order,
    amount,
  };
}

export const json = (event: CustomerEvent) => bytes(JSON.stringify(eventToIntakeJson(event)));

export const settings: IngestorSettings = {
  timeMode: 'wall',
  rules: minimisation(),
  identity: identity(),
  recordBytesMax: 65_536,
  redrivesMax: REDRIVES_MAX_DEFAULT,
  groupId: 'strata-ingestor',
  commitIntervalMs: 500,
};

interface Sent {
  readonly topic?: string;
  readonly partition?: number;
  readonly value: Uint8Array | null;
  readonly key?: Uint8Array | null;
  readonly headers?: Readonly<Record<string, Uint8Array>>;
}

export type Letter = TopicRecord & { readonly read: DeadLetter };

function aLog(maps: TopicMaps = new Map()): MemoryLog {
  const log = new MemoryLog(clock);
  for (const topic of [...INTAKE_TOPICS, TOPICS.customerLog]) log.createTopic(topic, PARTITIONS);
  log.createTopic(TOPICS.deadLetters, 3);
  for (const topic of maps.keys()) log.createTopic(topic, 2);
  return log;
}

/** An ingestor on a log in memory, stopped at the end of the test. */
export async function anIngestor(
  given: {
    timeMode?: TimeMode;
    identity?: Identity;
    writer?: (log: MemoryLog) => LogWriter;
    maps?: TopicMaps;
  } = {},
) {
  const log = aLog(given.maps);
  const metrics = createMetrics({ withProcess: false });
  const fatal: unknown[] = [];
  const ingestor = await startIngestor(
    {
      group: new MemoryGroupReader(log, { backOff: () => nextTurn() }),
      reader: new MemoryLogReader(log),
      writer: given.writer?.(log) ?? new MemoryLogWriter(log),
      serde,
      seal: (original) => seal(KEY, original),
      markerOf: keyedMarker(KEY),
      clock,
      metrics,
      logger: silentLogger,
      onFatal: (error) => void fatal.push(error),
    },
    {
      ...settings,
      timeMode: given.timeMode ?? 'wall',
      identity: given.identity ?? settings.identity,
      maps: given.maps ?? new Map(),
    },
  );
  onTestFinished(() => ingestor.stop());
  const records = (topic: string): TopicRecord[] =>
    Array.from({ length: log.partitionCount(topic) }, (_, partition) =>
      log.slice({ topic, partition }, { from: 0, to: 1e9, limit: 1e9 }),
    ).flatMap((slice) => slice.records);
  const arrived = async (count: number): Promise<void> => {
    const total = () => records(TOPICS.customerLog).length + records(TOPICS.deadLetters).length;
    while (total() < count && fatal.length === 0) await nextTurn();
    expect(fatal).toEqual([]);
    expect(total()).toBe(count);
  };
  return {
    ingestor,
    metrics,
    arrived,
    send: (...sent: Sent[]) => {
      const whole = sent.map(({ topic = TOPICS.events, partition = 0, key = null, ...rest }) => ({
        topic,
        partition,
        key,
        headers: {},
        ...rest,
      }));
      log.append(whole);
    },
    customerLog: (): (TopicRecord & { read: LogRecord })[] =>
      records(TOPICS.customerLog).map((record) => ({
        ...record,
        read: logRecordFromWire(serde(TOPICS.customerLog).decode(record.value as Uint8Array)),
      })),
    letters: (): Letter[] =>
      records(TOPICS.deadLetters).map((record) => ({
        ...record,
        read: deadLetterFromWire(serde(TOPICS.deadLetters).decode(record.value as Uint8Array)),
      })),
  };
}
