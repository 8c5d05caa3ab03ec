import { INTAKE_TOPICS } from '@strata/contracts';
import type { BatchOutcome, ReadingPlaces, RecordBatch } from '@strata/pipeline';
import { stepTimer } from '@strata/service-runtime';
import { BatchTally } from './batch-tally.ts';
import { inSlices } from './in-slices.ts';
import { createIngest } from './ingest-record.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import type { IngestorMetrics } from './metrics.ts';
import type { Appender } from './steps/append.ts';

export interface TopologyParts {
  readonly appender: Appender;
  readonly metrics: IngestorMetrics;
  readonly places: ReadingPlaces;
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
  const { appender, metrics, places, partitions } = parts;
  const ingest = createIngest(ports, settings, partitions);

  const begin = stepTimer<'gate' | 'append'>(metrics.stepSeconds);

  return async function onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    const { topic } = batch;
    // Of another system's topic nobody knows whose time its records bear.
    places.began(batch, ports.clock.nowMs(), (INTAKE_TOPICS as readonly string[]).includes(topic));
    const outcome = await inSlices(batch, {
      make: async (slice) => {
        if (settings.maps?.has(topic) !== true) {
          await ports.serde(topic).prepare(slice.map(({ value }) => value));
        }
        const tally = new BatchTally(topic);
        const end = begin('gate');
        const made = slice.flatMap((record) => ingest(record, tally));
        end();
        return { tally, made };
      },
      send: async ({ tally, made }) => {
        const end = begin('append');
        await appender.append(made);
        end();
        await settings.at?.('after-append');
        // Counted once they lie in the log: a batch that comes again is not counted for its failed
        // tries.
        tally.count(metrics);
      },
    });
    if (outcome === 'done') places.done(batch);
    return outcome;
  };
}
