import type { Lag, ReadingLag } from '@strata/pipeline';
import type { Metrics } from '@strata/service-runtime';

export interface ReadingSources {
  readonly lags: () => readonly ReadingLag[];
  /** Dead letters by reason; null where they are not known. */
  readonly letters: () => ReadonlyMap<string, number> | null;
}

/** How far the page is behind its topics, and what lies in the dead letters, when Prometheus asks; what is not known is absent. */
export function readingMetrics(metrics: Metrics, { lags, letters }: ReadingSources): void {
  const gauge = (name: string, help: string, read: (lag: Lag) => number): void => {
    metrics.gauge({
      name: `strata_console_${name}`,
      help: `${help}. Absent where the log has not answered for 30 s`,
      labelNames: ['topic', 'partition'],
      collect() {
        this.reset();
        for (const { topic, partition, lag } of lags()) {
          if (lag !== null) this.set({ topic, partition: String(partition) }, read(lag));
        }
      },
    });
  };
  gauge('lag_records', 'Records that the page does not show yet', ({ records }) => records);
  gauge(
    'lag_seconds',
    'For how long the first record that the page does not show has waited',
    ({ ms }) => ms / 1_000,
  );
  metrics.gauge({
    name: 'strata_console_dead_letter_records',
    help: 'Dead letters that lie in their topic now, by reason; absent where that is not known',
    labelNames: ['reason'],
    collect() {
      this.reset();
      for (const [reason, count] of letters() ?? []) this.set({ reason }, count);
    },
  });
}
