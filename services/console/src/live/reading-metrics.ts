import type { ReadingLag } from '@strata/pipeline';
import { lagGauges, type Metrics } from '@strata/service-runtime';

export interface ReadingSources {
  readonly lags: () => readonly ReadingLag[];
  /** Dead letters by reason; null where they are not known. */
  readonly letters: () => ReadonlyMap<string, number> | null;
}

/** How far the page is behind its topics, and what lies in the dead letters, when Prometheus asks; what is not known is absent. */
export function readingMetrics(metrics: Metrics, { lags, letters }: ReadingSources): void {
  lagGauges(metrics, {
    service: 'console',
    hasTopics: true,
    help: {
      records: 'Records that the page does not show yet',
      seconds: 'For how long the first record that the page does not show has waited',
    },
    lags,
  });
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
