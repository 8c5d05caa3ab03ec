import { logRecordToWire, type RedriveSlip, redriveHeader, TOPICS } from '@strata/contracts';
import {
  type BatchOutcome,
  type OutgoingRecord,
  type RecordBatch,
  StrataError,
  type TopicRecord,
} from '@strata/pipeline';
import { BatchTally } from './batch-tally.ts';
import { createGate } from './gate.ts';
import { inSlices } from './in-slices.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import type { IngestorMetrics } from './metrics.ts';
import { refused } from './outcome.ts';
import { Refusals } from './refusals.ts';
import type { Appender } from './steps/append.ts';
import type { Routed } from './steps/route.ts';

export interface TopologyParts {
  readonly appender: Appender;
  readonly metrics: IngestorMetrics;
  readonly partitions: { readonly customerLog: number; readonly deadLetters: number };
}

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
  const { serde, markerOf } = ports;
  const gate = createGate({ serde, markerOf, settings, partitions: partitions.customerLog });
  const customerLog = serde(TOPICS.customerLog);
  const refusals = new Refusals(ports, settings, partitions.deadLetters);

  function ingest(record: TopicRecord, tally: BatchTally): OutgoingRecord {
    const passage = gate(record, tally.dropped);
    const { parsed, outcome, slip } = passage;
    if (outcome.kind === 'refused') return refusals.letterOf(record, outcome, { passage, tally });
    const unfit = refused('bad-field', { schemaId: parsed.schemaId });
    return append(outcome, slip, tally) ?? refusals.letterOf(record, unfit, { passage, tally });
  }

  function append(
    { partition, key, record }: Routed,
    slip: RedriveSlip | null,
    tally: BatchTally,
  ): OutgoingRecord | null {
    const value = encoded(() => customerLog.encode(logRecordToWire(record)));
    if (value === null) return null;
    if (record.kind === 'event') refusals.learn(record.event);
    tally.ended(record.kind === 'clock' ? 'clock' : 'appended');
    if (slip !== null) tally.redriven('appended');
    const headers = slip === null ? {} : redriveHeader(slip);
    return { topic: TOPICS.customerLog, partition, key, value, headers };
  }

  return async function onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    const { topic, partition } = batch;
    const outcome = await inSlices(batch, {
      make: async (slice) => {
        await ports.serde(topic).prepare(slice.map(({ value }) => value));
        const tally = new BatchTally(topic);
        return { tally, made: slice.map((record) => ingest(record, tally)) };
      },
      send: async ({ tally, made }) => {
        await appender.append(made);
        await settings.at?.('after-append');
        // Counted once they lie in the log: a batch that comes again is not counted for its failed
        // tries.
        tally.count(metrics);
      },
    });
    metrics.lagRecords.set({ topic, partition }, Math.max(0, batch.logEnd - batch.nextOffset));
    return outcome;
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
