import type { ReadingLag } from '@strata/pipeline';
import { lagGauges, type Metrics } from '@strata/service-runtime';

/** Every metric of the ingestor. No label ever carries a customer or a field's name. */
export function createIngestorMetrics(metrics: Metrics, lags: () => readonly ReadingLag[]) {
  lagGauges(metrics, {
    service: 'ingestor',
    hasTopics: true,
    help: {
      records: 'Intake records not appended yet',
      seconds: 'For how long the first intake record that is not appended has waited',
    },
    lags,
  });
  return {
    refusedRecords: metrics.counter({
      name: 'strata_ingestor_refused_records_total',
      help: 'Intake records that became dead letters, whatever the reason: there from the start, for alarms',
    }),
    rebalances: metrics.counter({
      name: 'strata_ingestor_rebalances_total',
      help: 'Assignments of partitions of the intake',
    }),
    stepSeconds: metrics.histogram({
      name: 'strata_ingestor_step_seconds',
      help: 'Time that one step took for up to a thousand records, by step: gate (parse to normalise) or append',
      labelNames: ['step'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    }),
    records: metrics.counter({
      name: 'strata_ingestor_records_total',
      help: 'Intake records that ended, by topic and outcome: appended, clock, skipped or refused',
      labelNames: ['topic', 'outcome'],
    }),
    deadLetters: metrics.counter({
      name: 'strata_ingestor_dead_letters_total',
      help: 'Intake records that became dead letters, by reason, source, type and schema id; unknown where it could not be read, other where it is none of the known names',
      labelNames: ['reason', 'source', 'type', 'schema'],
    }),
    redrives: metrics.counter({
      name: 'strata_ingestor_redrives_total',
      help: 'Redriven records that came through the intake, by outcome: appended, or refused again',
      labelNames: ['outcome'],
    }),
    mappedEvents: metrics.counter({
      name: 'strata_ingestor_mapped_events_total',
      help: 'Events that the appended records of mapped topics became, by topic',
      labelNames: ['topic'],
    }),
    skippedRecords: metrics.counter({
      name: 'strata_ingestor_skipped_records_total',
      help: 'Records that the map of their topic leaves out, by topic and reason',
      labelNames: ['topic', 'reason'],
    }),
    droppedFields: metrics.counter({
      name: 'strata_ingestor_dropped_fields_total',
      help: 'Fields that were not let in, by kind: unknown, guest (beside a customer), or a forbidden kind',
      labelNames: ['kind'],
    }),
  };
}

export type IngestorMetrics = ReturnType<typeof createIngestorMetrics>;
