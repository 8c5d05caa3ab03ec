import { createMetrics } from '@strata/service-runtime';
import { type Metric, SERVICE_METRICS } from '../../../infra/reference/metric-list.ts';

/** What Prometheus finds under a name. */
export interface Series {
  readonly labels: readonly string[];
  /** Jobs that export it; null for what Prometheus makes itself. */
  readonly jobs: readonly string[] | null;
}

/** What Prometheus adds to whatever it scrapes. */
const OF_THE_SCRAPE = ['job', 'instance'];
const OF_ALARMS = ['alertname', 'alertstate', 'severity', 'partition', 'endpoint', 'topic'];

/** By name, every series that the services export, and that Prometheus makes of scraping them. */
export async function exportedSeries(): Promise<ReadonlyMap<string, Series>> {
  const series = new Map<string, Series>([
    ['up', { labels: OF_THE_SCRAPE, jobs: null }],
    ['ALERTS', { labels: [...OF_THE_SCRAPE, ...OF_ALARMS], jobs: null }],
  ]);
  for (const { metrics, jobs } of SERVICE_METRICS) {
    for (const metric of metrics) {
      for (const [name, labels] of seriesOf(metric)) {
        series.set(name, { labels: [...labels, ...OF_THE_SCRAPE], jobs });
      }
    }
  }
  const jobs = [...new Set(SERVICE_METRICS.flatMap((service) => service.jobs))];
  for (const [name, labels] of await processSeries()) {
    series.set(name, { labels: [...labels, ...OF_THE_SCRAPE], jobs });
  }
  return series;
}

/** A histogram has three names. */
export function seriesOf({ name, kind, labelNames }: Metric): readonly [string, string[]][] {
  if (kind !== 'histogram') return [[name, [...labelNames]]];
  return [
    [`${name}_bucket`, [...labelNames, 'le']],
    [`${name}_sum`, [...labelNames]],
    [`${name}_count`, [...labelNames]],
  ];
}

/** What each process tells of itself, read from one: this one. */
async function processSeries(): Promise<readonly [string, readonly string[]][]> {
  const text = await createMetrics({ withProcess: true }).text();
  return text.split('\n').flatMap((line): [string, string[]][] => {
    const [, name, labels = ''] = /^([a-z][a-z0-9_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    return name === undefined
      ? []
      : [[name, [...labels.matchAll(/(\w+)=/g)].map(([, label = '']) => label)]];
  });
}
