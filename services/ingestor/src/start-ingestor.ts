import { INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import { assert, type ReadingLag, ReadingPlaces, StrataError } from '@strata/pipeline';
import type { HealthReport } from '@strata/service-runtime';
import { type RunningHttpIntake, startHttpIntake } from './http/http-intake.ts';
import type { IngestorPorts, IngestorSettings } from './ingestor-ports.ts';
import { createIngestorMetrics, type IngestorMetrics } from './metrics.ts';
import { requirePseudonymKey } from './require-pseudonym-key.ts';
import { Appender } from './steps/append.ts';
import { createTopology } from './topology.ts';

export interface RunningIngestor {
  /** Where events are taken by HTTP, null where they are not. */
  readonly httpUrl: string | null;
  report(): HealthReport;
  /** Asks the log where the partitions end, and the group where they go on. To be called every few seconds. */
  lookAtLog(): Promise<void>;
  /** Answers the requests and finishes the batch in hand, commits its position, leaves the group. */
  stop(): Promise<void>;
}

/**
 * Intake in, customer log and dead letters out. At least once: the fold drops what it has counted.
 */
export async function startIngestor(
  ports: IngestorPorts,
  settings: IngestorSettings,
): Promise<RunningIngestor> {
  const places = new ReadingPlaces();
  const nowMs = (): number => ports.clock.nowMs();
  const metrics = createIngestorMetrics(ports.metrics, () => places.lags(nowMs()));
  const partitions = {
    customerLog: await ports.reader.partitionCount(TOPICS.customerLog),
    deadLetters: await ports.reader.partitionCount(TOPICS.deadLetters),
  };
  await requirePseudonymKey(ports.reader, ports.serde(TOPICS.customerLog), settings.identity);
  const intakeCount = await ports.reader.partitionCount(TOPICS.events);
  if (intakeCount !== partitions.customerLog) {
    throw partitionsDiffer(intakeCount, partitions.customerLog);
  }
  const topics = [...INTAKE_TOPICS, ...(settings.maps?.keys() ?? [])];
  const appender = new Appender(ports.writer);
  const onBatch = createTopology(ports, settings, { appender, metrics, places, partitions });
  let hasAssignment = false;
  await ports.group.start(
    {
      groupId: settings.groupId,
      topics,
      commitIntervalMs: settings.commitIntervalMs,
    },
    {
      // Positions are the broker's: every partition starts where the group last committed.
      onAssigned: async (assigned) => {
        hasAssignment = true;
        places.joined(assigned);
        metrics.rebalances.inc();
        ports.logger.info({ partitions: assigned.length }, 'Reads its partitions of the intake');
        return new Map();
      },
      onBatch,
      onFatal: ports.onFatal,
    },
  );
  const http = await openHttp(ports, settings, { metrics, partitions: intakeCount });
  return {
    httpUrl: http?.url ?? null,
    report: () => {
      const waits = hasAssignment ? [] : ['The ingestor waits for its partitions of the intake.'];
      const { reasons = [], details } = http?.report() ?? {};
      return {
        isLive: true,
        reasons: [...waits, ...lagReasons(places.lags(nowMs())), ...reasons],
        details: {
          timeMode: settings.timeMode,
          partitions: partitions.customerLog,
          lags: lagDetails(places.lags(nowMs())),
          ...(details === undefined ? {} : { http: details }),
        },
      };
    },
    lookAtLog: () => places.lookAt(ports.reader, { groupId: settings.groupId, topics }, nowMs),
    stop: async () => {
      await http?.stop();
      await ports.group.stop();
    },
  };
}

async function openHttp(
  { httpWriter, serde, logger, metrics: registry }: IngestorPorts,
  { http, timeMode, rules, identity, recordBytesMax }: IngestorSettings,
  { metrics, partitions }: { readonly metrics: IngestorMetrics; readonly partitions: number },
): Promise<RunningHttpIntake | null> {
  if (http === undefined) return null;
  assert(httpWriter !== undefined, 'what is taken by HTTP has a writer of its own');
  const intake = await startHttpIntake(
    {
      writer: httpWriter,
      serde,
      metrics: registry,
      logger,
      nowMs: () => performance.now(),
      onDropped: (dropped) => {
        for (const [kind, count] of dropped) metrics.droppedFields.inc({ kind }, count);
      },
    },
    { ...http, timeMode, rules, identity, recordBytesMax, partitions },
  );
  logger.info({ url: intake.url }, 'Takes events by HTTP');
  return intake;
}

function lagDetails(lags: readonly ReadingLag[]) {
  return lags.map(({ topic, partition, lag }) => {
    const seconds = lag === null ? null : lag.ms / 1_000;
    return { topic, partition, logEnd: lag?.end ?? null, records: lag?.records ?? null, seconds };
  });
}

/** Nobody has to be told of what passes within a minute. */
const WAITS_MS_MAX = 60_000;

function lagReasons(lags: readonly ReadingLag[]): string[] {
  const late = lags.filter(({ lag }) => lag !== null && lag.ms > WAITS_MS_MAX);
  if (late.length === 0) return [];
  const places = late.map(({ topic, partition }) => `${topic} ${partition}`);
  return [`Intake records have waited for more than a minute (${places.join(', ')}).`];
}

function partitionsDiffer(intake: number, customerLog: number): StrataError {
  return new StrataError(
    'STRATA_INGESTOR_PARTITIONS_DIFFER',
    `${TOPICS.events} has ${intake} partitions and ${TOPICS.customerLog} has ${customerLog}: clock marks would ` +
      'reach the wrong customers. Create both with the same number (see infra/kafka/topics.yaml).',
  );
}
