import { letterSubjectIn, logRecordToWire, TOPICS, UNNAMED_LETTER } from '@strata/contracts';
import {
  type BatchOutcome,
  type OutgoingRecord,
  type RecordBatch,
  StrataError,
  type TopicRecord,
} from '@strata/pipeline';
import type { RowMapper } from '@strata/source-map';
import { BatchTally } from './batch-tally.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import type { IngestorMetrics } from './metrics.ts';
import { type Refused, refused } from './outcome.ts';
import type { Appender } from './steps/append.ts';
import { deadLetter } from './steps/dead-letter.ts';
import { mapRecord } from './steps/map-record.ts';
import { type Parsed, parse } from './steps/parse.ts';
import { route } from './steps/route.ts';
import { validate } from './steps/validate.ts';

export interface TopologyParts {
  readonly appender: Appender;
  readonly metrics: IngestorMetrics;
  readonly partitions: { readonly customerLog: number; readonly deadLetters: number };
}

/** So that a heartbeat comes several times a second, however large the batch. */
const SLICE_RECORDS = 1_000;

/** Where the records of a slice go, and what became of them. */
interface Slice {
  readonly out: OutgoingRecord[];
  readonly tally: BatchTally;
}

/**
 * strata.intake.*.v1 and mapped topics -> strata.customer-log.v1; what cannot be used ->
 * strata.dead-letters.v1, whole and sealed. Nothing on the way of a record waits for anything.
 */
export function createTopology(
  ports: IngestorPorts,
  settings: IngestorSettings,
  parts: TopologyParts,
) {
  const { appender, metrics } = parts;
  const { recordBytesMax } = settings;
  const { toLog, refuse } = recordMaker(ports, settings, parts);

  /** A record of the intake: one event or mark, or a dead letter. */
  function ingest(record: TopicRecord, slice: Slice): void {
    const parsed = parse(record, ports.serde(record.topic), recordBytesMax);
    const made = parsed.kind === 'refused' ? parsed : toLog(record, parsed, slice.tally);
    if (made.kind === 'refused') return refuse(record, made, { parsed, slice });
    slice.tally.ended(made.content);
    slice.out.push(made.record);
  }

  /** A record of another system's topic: all of its events, or a dead letter. */
  function ingestMapped(record: TopicRecord, mapper: RowMapper, slice: Slice): void {
    const mapped = mapRecord(record, mapper, recordBytesMax);
    if (mapped.kind === 'skipped') return slice.tally.skipped(mapped.reason);
    if (mapped.kind === 'refused') return refuse(record, mapped, { parsed: mapped, slice });
    const events: OutgoingRecord[] = [];
    for (const { fields, instants, columnOf } of mapped.drafts) {
      const parsed: Parsed = { kind: 'parsed', raw: fields, instants, schemaId: null };
      const made = toLog(record, parsed, slice.tally);
      if (made.kind === 'refused') {
        const field = made.field === null ? null : columnOf(made.field);
        return refuse(record, { ...made, field }, { parsed, slice });
      }
      events.push(made.record);
    }
    slice.tally.mapped(events.length);
    slice.out.push(...events);
  }

  return async function onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    const { topic, partition, records } = batch;
    const mapper = settings.maps?.get(topic);
    if (mapper === undefined) await ports.serde(topic).prepare(records.map(({ value }) => value));
    for (let from = 0; from < records.length; from += SLICE_RECORDS) {
      if (!batch.isOwned()) return 'reacquire';
      const slice: Slice = { out: [], tally: new BatchTally(topic) };
      for (const record of records.slice(from, from + SLICE_RECORDS)) {
        if (mapper === undefined) ingest(record, slice);
        else ingestMapped(record, mapper, slice);
      }
      await appender.append(slice.out);
      await settings.at?.('after-append');
      // Counted once they lie in the log: a batch that comes again is not counted for its failed
      // tries.
      slice.tally.count(metrics);
      await batch.heartbeat();
    }
    metrics.lagRecords.set({ topic, partition }, Math.max(0, batch.logEnd - batch.nextOffset));
    return 'done';
  };
}

interface Made {
  readonly kind: 'made';
  readonly content: 'appended' | 'clock';
  readonly record: OutgoingRecord;
}

/** The two records that can come of an object: one of the customer log, or a dead letter. */
function recordMaker(
  ports: IngestorPorts,
  { timeMode, rules }: IngestorSettings,
  { partitions }: TopologyParts,
) {
  const customerLog = ports.serde(TOPICS.customerLog);
  const letters = {
    seal: ports.seal,
    serde: ports.serde(TOPICS.deadLetters),
    partitions: partitions.deadLetters,
  };

  function toLog(record: TopicRecord, parsed: Parsed, tally: BatchTally): Made | Refused {
    const onDropped = tally.dropped;
    const valid = validate(parsed, { topic: record.topic, timeMode, rules, onDropped });
    if (valid.kind === 'refused') return valid;

    const routed = route(valid, record, { timeMode, partitions: partitions.customerLog });
    if (routed.kind === 'refused') return routed;

    const { partition, key } = routed;
    const value = encoded(() => customerLog.encode(logRecordToWire(routed.record)));
    if (value === null) return refused('bad-field', { schemaId: parsed.schemaId });
    const content = routed.record.kind === 'clock' ? 'clock' : 'appended';
    const made = { topic: TOPICS.customerLog, partition, key, value, headers: {} };
    return { kind: 'made', content, record: made };
  }

  function refuse(
    record: TopicRecord,
    why: Refused,
    { parsed, slice }: { readonly parsed: Parsed | Refused; readonly slice: Slice },
  ): void {
    slice.tally.refused(why.reason);
    const isRead = parsed.kind === 'parsed';
    const subject = isRead ? letterSubjectIn(parsed.raw, ports.markerOf) : UNNAMED_LETTER;
    slice.out.push(deadLetter(record, why, { ...letters, subject }));
  }

  return { toLog, refuse };
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
