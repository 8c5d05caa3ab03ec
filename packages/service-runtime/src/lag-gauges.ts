import type { Metrics } from './metrics.ts';

/** How far a reader is behind in one partition. */
interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** `ms`: for how long the first record ahead has waited. Null where it is not known, which is not the same as none. */
  readonly lag: { readonly records: number; readonly ms: number } | null;
}

/**
 * `strata_<service>_lag_records` and `..._lag_seconds` by partition, and by topic where a service reads several. Read when
 * Prometheus asks; what is not known is absent, and who has lost a partition says nothing of it.
 */
export function lagGauges(
  metrics: Metrics,
  wanted: {
    readonly service: string;
    readonly hasTopics: boolean;
    readonly help: { readonly records: string; readonly seconds: string };
    readonly lags: () => readonly PartitionLag[];
  },
): void {
  const { service, hasTopics, help, lags } = wanted;
  const gauge = (
    unit: 'records' | 'seconds',
    read: (lag: NonNullable<PartitionLag['lag']>) => number,
  ): void => {
    metrics.gauge({
      name: `strata_${service}_lag_${unit}`,
      help: `${help[unit]}. Absent where the log has not answered for 30 s`,
      labelNames: hasTopics ? ['topic', 'partition'] : ['partition'],
      collect() {
        this.reset();
        for (const { topic, partition: number, lag } of lags()) {
          if (lag === null) continue;
          const partition = String(number);
          this.set(hasTopics ? { topic, partition } : { partition }, read(lag));
        }
      },
    });
  };
  gauge('records', ({ records }) => records);
  gauge('seconds', ({ ms }) => ms / 1_000);
}
