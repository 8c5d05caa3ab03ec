import type { BatchOutcome, RecordBatch } from '@strata/pipeline';
import { BatchTally } from './batch-tally.ts';
import { createIngest } from './ingest-record.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import type { IngestorMetrics } from './metrics.ts';
import type { Appender } from './steps/append.ts';

export interface TopologyParts {
  readonly appender: Appender;
  readonly metrics: IngestorMetrics;
  readonly partitions: { readonly customerLog: number; readonly deadLetters: number };
}

/** So that a heartbeat comes several times a second, however large the batch. */
const SLICE_RECORDS = 1_000;

/**
 * strata.intake.*.v1 and mapped topics -> strata.customer-log.v1; what cannot be used ->
 * strata.dead-letters.v1, whole and sealed. Nothing on the way of a record waits for anything.
 */
export function createTopology(
  ports: IngestorPorts,
  settings: IngestorSettings,
  parts: TopologyParts,
) {
  const { appender, metrics, partitions } = parts;
  const ingest = createIngest(ports, settings, partitions);

  return async function onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    const { topic, partition, records } = batch;
    if (settings.maps?.has(topic) !== true) {
      await ports.serde(topic).prepare(records.map(({ value }) => value));
    }
    for (let from = 0; from < records.length; from += SLICE_RECORDS) {
      if (!batch.isOwned()) return 'reacquire';
      const tally = new BatchTally(topic);
      const slice = records.slice(from, from + SLICE_RECORDS);
      await appender.append(slice.flatMap((record) => ingest(record, tally)));
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
