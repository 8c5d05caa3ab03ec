import type { Metrics } from '@strata/service-runtime';
import type { PartitionFigures } from './partition-figures.ts';

/** What a scorer knows of itself at the moment at which it is asked. */
export interface ScorerFigures {
  /** Of the customer log, whoever owns them; null before the first assignment. */
  readonly logPartitions: number | null;
  /** Owned ones. */
  readonly partitions: readonly PartitionFigures[];
  /** Since the log was last asked where it ends; null where nothing is owned. */
  readonly logLookAgeSeconds: number | null;
  /** By how much this machine's clock is ahead of the broker's; null where no record tells. */
  readonly clockSkewSeconds: number | null;
}

const NOTHING: ScorerFigures = {
  logPartitions: null,
  partitions: [],
  logLookAgeSeconds: null,
  clockSkewSeconds: null,
};

type Read = (figures: PartitionFigures) => number | null;

const BY_PARTITION: readonly (readonly [name: string, help: string, read: Read])[] = [
  ['owned', '1 for a partition that this process owns', () => 1],
  [
    'log_end_offset',
    'Where the customer log ends. Absent where the log has not answered for 30 s',
    ({ logEnd }) => logEnd,
  ],
  ['committed_offset', 'Offset of the next record to fold, as committed', ({ next }) => next],
  [
    'lag_records',
    'Records of the customer log not folded yet. Absent where the log has not answered for 30 s',
    ({ lagRecords }) => lagRecords,
  ],
  [
    'lag_seconds',
    'For how long the first record that is not folded has waited. Absent where the log has not answered for 30 s',
    ({ lagSeconds }) => lagSeconds,
  ],
  [
    'stalled_seconds',
    'For how long records have waited and none was committed; 0 while something goes on',
    ({ stalledSeconds }) => stalledSeconds,
  ],
  [
    'clock_timestamp_seconds',
    'Clock of the partition: everybody in it is settled up to this instant',
    ({ clockMs }) => (clockMs === null ? null : clockMs / 1_000),
  ],
  [
    'overdue_seconds',
    'Wall time: how long ago the first of those fell due who are due and not settled; 0 for nobody. Absent while the due index does not answer',
    ({ overdueSeconds }) => overdueSeconds,
  ],
  [
    'ticking_customers',
    'Customers named in ticks that are not folded yet',
    ({ tickingCustomers }) => tickingCustomers,
  ],
  [
    'outbox_depth_records',
    'Outputs committed and not published yet',
    ({ outboxRecords }) => outboxRecords,
  ],
  [
    'outbox_age_seconds',
    'For how long the first output that is not published has waited, in this process',
    ({ outboxSeconds }) => outboxSeconds,
  ],
  [
    'output_position',
    'Number of the last output that was committed, over all topics',
    ({ outputPosition }) => outputPosition,
  ],
  [
    'relay_position',
    'Number of the last output that was published, over all topics',
    ({ publishedPosition }) => publishedPosition,
  ],
  [
    'rebuild_left_records',
    'Records left to fold for the second time, because the state was lost or went back',
    ({ rebuildLeft }) => rebuildLeft,
  ],
];

/**
 * Figures of partitions are read when Prometheus asks, from the state itself: no batch pays for them, a partition that is
 * gone takes its own along, and none is of before.
 */
export function partitionMetrics(metrics: Metrics): { show(source: () => ScorerFigures): void } {
  let source = (): ScorerFigures => NOTHING;
  for (const [name, help, read] of BY_PARTITION) {
    metrics.gauge({
      name: `strata_scorer_${name}`,
      help,
      labelNames: ['partition'],
      collect() {
        this.reset();
        for (const figures of source().partitions) {
          const value = read(figures);
          if (value !== null) this.set({ partition: String(figures.partition) }, value);
        }
      },
    });
  }
  single(metrics, {
    name: 'log_partitions',
    help: 'Partitions of the customer log, whoever owns them',
    read: () => source().logPartitions,
  });
  single(metrics, {
    name: 'log_look_age_seconds',
    help: 'Time since the log was last seen to end somewhere, of the partition of which that is longest ago',
    read: () => source().logLookAgeSeconds,
  });
  single(metrics, {
    name: 'clock_skew_seconds',
    help: 'By how much the clock of this machine is ahead of the broker’s; absent while nothing comes',
    read: () => source().clockSkewSeconds,
  });
  return {
    show: (given) => {
      source = given;
    },
  };
}

/** Absent where it is not known. */
function single(
  metrics: Metrics,
  { name, help, read }: { name: string; help: string; read: () => number | null },
): void {
  metrics.gauge({
    name: `strata_scorer_${name}`,
    help,
    collect() {
      const value = read();
      // Without labels a gauge that was reset says 0.
      if (value === null) this.remove();
      else this.set(value);
    },
  });
}
