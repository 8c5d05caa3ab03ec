import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { logRecordToWire, TOPICS } from '@strata/contracts';
import {
  type CustomerEvent,
  DAY_MS,
  type Instant,
  type LogRecord,
  type PolicySet,
} from '@strata/domain';
import { ensureTopics, type KafkaLogWriter } from '@strata/kafka';
import { type OutgoingRecord, partitionFor } from '@strata/pipeline';
import { parsePolicyFile } from '@strata/policy-file';
import type { TopicSerde } from '@strata/schema-registry';
import kafkajs from 'kafkajs';
import { eventsOf, instantOf, type Traffic } from './traffic.ts';

export const PARTITIONS = 8;
/** Where the peer tells its tier changes. */
export const PEER_CHANGES = 'bench.tier-changes';

export const POLICY = new URL('./policy.yaml', import.meta.url);
const LEDGER_HORIZON_DAYS = 365;
const SEND_RECORDS = 5_000;
const CREATE_TRIES = 10;
const CREATE_DELAY_MS = 500;
const OUTPUTS = [TOPICS.tierChanges, TOPICS.tiers, TOPICS.deadLetters, TOPICS.policies];

/**
 * Empties every topic of the benchmark and writes the customer log anew: a scorer adds ticks to it, and
 * takes outputs without state for a state that was lost.
 */
export async function freshTopics(brokers: readonly string[]): Promise<void> {
  const wanted = [TOPICS.customerLog, ...OUTPUTS, PEER_CHANGES];
  const logLevel = kafkajs.logLevel.NOTHING;
  const admin = new kafkajs.Kafka({ clientId: 'bench', brokers: [...brokers], logLevel }).admin();
  await admin.connect();
  try {
    const isOurs = (name: string): boolean =>
      name.startsWith('strata.') || name.startsWith('bench');
    const old = (await admin.listTopics()).filter(isOurs);
    if (old.length > 0) await admin.deleteTopics({ topics: old });
  } finally {
    await admin.disconnect();
  }
  const config = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': '8388608' };
  const specs = wanted.map((name) => ({
    name,
    partitions: PARTITIONS,
    // The peer stamps its changes with the instants of the data, and they are compared by their values.
    config: name === PEER_CHANGES ? {} : config,
  }));
  // A broker that has just forgotten a topic may still say so of the new one.
  for (let tries = 1; ; tries += 1) {
    try {
      await ensureTopics({ clientId: 'bench', brokers }, specs);
      return;
    } catch (error) {
      if (tries === CREATE_TRIES) throw error;
      await delay(CREATE_DELAY_MS);
    }
  }
}

/** Appends records to the customer log, each to the partition of its customer or to all of them. */
export async function writeCustomerLog(
  writer: KafkaLogWriter,
  wanted: {
    readonly records: Iterable<Addressed>;
    readonly serde: TopicSerde;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { records, serde, signal } = wanted;
  let batch: OutgoingRecord[] = [];
  const flush = async (): Promise<void> => {
    signal.throwIfAborted();
    await writer.send(batch);
    batch = [];
  };
  for (const { record, customerId } of records) {
    const value = serde.encode(logRecordToWire(record));
    const topic = TOPICS.customerLog;
    if (customerId === null) {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        batch.push({ topic, partition, key: null, value, headers: {} });
      }
    } else {
      const key = Buffer.from(customerId);
      const partition = partitionFor(key, PARTITIONS);
      batch.push({ topic, partition, key, value, headers: {} });
    }
    if (batch.length >= SEND_RECORDS) await flush();
  }
  await flush();
}

/** A record of the customer log and whom it is for. */
export interface Addressed {
  readonly record: LogRecord;
  /** Null for every partition. */
  readonly customerId: string | null;
}

export const forAll = (record: LogRecord): Addressed => ({ record, customerId: null });

/** The log of a stack on data time: opened, a policy in force, the events, and the last clock mark. */
export function* logRecordsOf(traffic: Traffic): Generator<Addressed> {
  yield* openingOf();
  yield* dated(eventsOf(traffic), instantOf(0, traffic));
  yield forAll({ kind: 'clock', at: clockEndOf(traffic) });
}

/** What the log of every stack on data time begins with. */
export function* openingOf(set: PolicySet = benchPolicy()): Generator<Addressed> {
  yield forAll({
    kind: 'stack-opened',
    time: 'data',
    partitions: PARTITIONS,
    ledgerHorizonDays: LEDGER_HORIZON_DAYS,
  });
  yield forAll({ kind: 'policy-activated', set });
}

/** Events in the order of time, and a clock mark for everybody each day. */
export function* dated(events: Iterable<CustomerEvent>, from: Instant): Generator<Addressed> {
  let markedAt = from;
  for (const event of events) {
    const { customerId, occurredAt } = event;
    if (occurredAt >= markedAt + DAY_MS) {
      markedAt = occurredAt - (occurredAt % DAY_MS);
      yield forAll({ kind: 'clock', at: markedAt });
    }
    yield { record: { kind: 'event', event, clockAt: occurredAt }, customerId };
  }
}

/** Further on than any punctuation of the peer can be away: what fell due by then is told by both. */
export function clockEndOf(traffic: Traffic): Instant {
  return instantOf(traffic.records, traffic) + 2 * DAY_MS;
}

/** The policy of both contenders, whatever other sets a benchmark makes of it. */
export function benchPolicy(text: string = readFileSync(POLICY, 'utf8')): PolicySet {
  const parsed = parsePolicyFile(text, { file: 'bench/src/scorer/policy.yaml' });
  if (parsed.ok) return parsed.set;
  throw new Error(parsed.problems.map((problem) => JSON.stringify(problem)).join('\n'));
}
