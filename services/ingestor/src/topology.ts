import type { BatchOutcome, RecordBatch } from '@strata/pipeline';
import { BatchTally } from './batch-tally.ts';
import { inSlices } from './in-slices.ts';
import { createIngest } from './ingest-record.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import type { IngestorMetrics } from './metrics.ts';
import type { Appender } from './steps/append.ts';

export interface TopologyParts {
  readonly appender: Appender;
  readonly metrics: IngestorMetrics;
  readonly partitions: { readonly customerLog: number; readonly deadLetters: number };
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
  const { appender, metrics, partitions } = parts;
  const ingest = createIngest(ports, settings, partitions);

  return async function onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    const { topic, partition } = batch;
    const outcome = await inSlices(batch, {
      make: async (slice) => {
        if (settings.maps?.has(topic) !== true) {
          await ports.serde(topic).prepare(slice.map(({ value }) => value));
        }
        const tally = new BatchTally(topic);
        return { tally, made: slice.flatMap((record) => ingest(record, tally)) };
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
