import type { Metrics } from '@strata/service-runtime';

/** Every metric of the ingestor. No label ever carries a customer or a field's name. */
export function createIngestorMetrics(metrics: Metrics) {
  return {
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
    lagRecords: metrics.gauge({
      name: 'strata_ingestor_lag_records',
      help: 'Intake records not appended yet, by topic and partition',
      labelNames: ['topic', 'partition'],
    }),
  };
}

export type IngestorMetrics = ReturnType<typeof createIngestorMetrics>;
