import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import { StrataError } from '@strata/pipeline';
import type { HealthReport } from '@strata/service-runtime';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import { createIngestorMetrics } from './metrics.ts';
import { requirePseudonymKey } from './require-pseudonym-key.ts';
import { Appender } from './steps/append.ts';
import { createTopology } from './topology.ts';

export interface RunningIngestor {
  report(): HealthReport;
  /** Finishes the batch in hand, commits its position, leaves the group. */
  stop(): Promise<void>;
}

/**
 * Intake in, customer log and dead letters out. At least once: the fold drops what it has counted.
 */
export async function startIngestor(
  ports: IngestorPorts,
  settings: IngestorSettings,
): Promise<RunningIngestor> {
  const metrics = createIngestorMetrics(ports.metrics);
  const partitions = {
    customerLog: await ports.reader.partitionCount(TOPICS.customerLog),
    deadLetters: await ports.reader.partitionCount(TOPICS.deadLetters),
  };
  await requirePseudonymKey(ports.reader, ports.serde(TOPICS.customerLog), settings.identity);
  const intakeCount = await ports.reader.partitionCount(TOPICS.events);
  if (intakeCount !== partitions.customerLog) {
    throw partitionsDiffer(intakeCount, partitions.customerLog);
  }
  const appender = new Appender(ports.writer);
  const onBatch = createTopology(ports, settings, { appender, metrics, partitions });
  let hasAssignment = false;
  await ports.group.start(
    {
      groupId: settings.groupId,
      topics: INTAKE_TOPICS,
      commitIntervalMs: settings.commitIntervalMs,
    },
    {
      // Positions are the broker's: every partition starts where the group last committed.
      onAssigned: async (assigned) => {
        hasAssignment = true;
        ports.logger.info({ partitions: assigned.length }, 'Reads its partitions of the intake');
        return new Map();
      },
      onBatch,
      onFatal: ports.onFatal,
    },
  );
  return {
    report: () => ({
      isLive: true,
      reasons: hasAssignment ? [] : ['The ingestor waits for its partitions of the intake.'],
      details: { timeMode: settings.timeMode, partitions: partitions.customerLog },
    }),
    stop: () => ports.group.stop(),
  };
}

function partitionsDiffer(intake: number, customerLog: number): StrataError {
  return new StrataError(
    'STRATA_INGESTOR_PARTITIONS_DIFFER',
    `${TOPICS.events} has ${intake} partitions and ${TOPICS.customerLog} has ${customerLog}: clock marks would ` +
      'reach the wrong customers. Create both with the same number (see infra/kafka/topics.yaml).',
  );
}
