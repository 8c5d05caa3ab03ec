import { letterSubjectIn, logRecordToWire, TOPICS, UNNAMED_LETTER } from '@strata/contracts';
import {
  type BatchOutcome,
  type OutgoingRecord,
  type RecordBatch,
  StrataError,
  type TopicRecord,
} from '@strata/pipeline';
import { BatchTally } from './batch-tally.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import type { IngestorMetrics } from './metrics.ts';
import { type Refused, refused } from './outcome.ts';
import type { Appender } from './steps/append.ts';
import { deadLetter } from './steps/dead-letter.ts';
import { identify } from './steps/identify.ts';
import { type Parsed, parse } from './steps/parse.ts';
import { type Routed, route } from './steps/route.ts';
import { validate } from './steps/validate.ts';

export interface TopologyParts {
  readonly appender: Appender;
  readonly metrics: IngestorMetrics;
  readonly partitions: { readonly customerLog: number; readonly deadLetters: number };
}

/** So that a heartbeat comes several times a second, however large the batch. */
const SLICE_RECORDS = 1_000;

/**
 * strata.intake.*.v1 -> strata.customer-log.v1; what cannot be used -> strata.dead-letters.v1,
 * whole and sealed.
 */
export function createTopology(
  ports: IngestorPorts,
  settings: IngestorSettings,
  parts: TopologyParts,
) {
  const { appender, metrics, partitions } = parts;
  const { timeMode, rules, recordBytesMax, identity } = settings;
  const customerLog = ports.serde(TOPICS.customerLog);
  const letters = {
    seal: ports.seal,
    serde: ports.serde(TOPICS.deadLetters),
    partitions: partitions.deadLetters,
  };

  /** The way of one record. A refusal leaves it at once; nothing here waits for anything. */
  function ingest(record: TopicRecord, tally: BatchTally): OutgoingRecord {
    const parsed = parse(record, ports.serde(record.topic), recordBytesMax);
    if (parsed.kind === 'refused') return refuse(record, parsed, { parsed, tally });

    const onDropped = tally.dropped;
    const valid = validate(parsed, { topic: record.topic, timeMode, rules, onDropped });
    if (valid.kind === 'refused') return refuse(record, valid, { parsed, tally });

    const identified = identify(valid, identity);
    const routed = route(identified, record, { timeMode, partitions: partitions.customerLog });
    if (routed.kind === 'refused') return refuse(record, routed, { parsed, tally });

    const { schemaId } = parsed;
    const unfit = refused('bad-field', { schemaId });
    return append(routed, tally) ?? refuse(record, unfit, { parsed, tally });
  }

  function append({ partition, key, record }: Routed, tally: BatchTally): OutgoingRecord | null {
    const value = encoded(() => customerLog.encode(logRecordToWire(record)));
    if (value === null) return null;
    tally.ended(record.kind === 'clock' ? 'clock' : 'appended');
    return { topic: TOPICS.customerLog, partition, key, value, headers: {} };
  }

  function refuse(
    record: TopicRecord,
    why: Refused,
    { parsed, tally }: { readonly parsed: Parsed | Refused; readonly tally: BatchTally },
  ): OutgoingRecord {
    tally.refused(why.reason);
    const isRead = parsed.kind === 'parsed';
    const subject = isRead ? letterSubjectIn(parsed.raw, { ...ports, identity }) : UNNAMED_LETTER;
    return deadLetter(record, why, { ...letters, subject });
  }

  return async function onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    const { topic, partition, records } = batch;
    await ports.serde(topic).prepare(records.map(({ value }) => value));
    for (let from = 0; from < records.length; from += SLICE_RECORDS) {
      if (!batch.isOwned()) return 'reacquire';
      const tally = new BatchTally(topic);
      const slice = records.slice(from, from + SLICE_RECORDS);
      await appender.append(slice.map((record) => ingest(record, tally)));
      await settings.at?.('after-append');
      // Counted once they lie in the log: a batch that comes again is not counted for its failed
      // tries.
      tally.count(metrics);
      await batch.heartbeat();
    }
    metrics.lagRecords.set({ topic, partition }, Math.max(0, batch.logEnd - batch.nextOffset));
    return 'done';
  };
}

/**
 * Null for an event that passed its contract and yet does not fit its schema: poison of a kind we
 * did not foresee, and no reason to stop.
 */
function encoded(encode: () => Uint8Array): Uint8Array | null {
  try {
    return encode();
  } catch (error) {
    if (error instanceof StrataError && error.code === 'STRATA_REGISTRY_VALUE_UNFIT') return null;
    throw error;
  }
}
