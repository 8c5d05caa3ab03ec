import type { Metrics } from '@strata/service-runtime';

/** Every metric that the console exports. */
export function consoleMetrics(metrics: Metrics) {
  return {
    records: metrics.counter({
      name: 'strata_console_records_total',
      help: 'Records read: applied, repeat, unreadable.',
      labelNames: ['topic', 'outcome'],
    }),
    requests: metrics.counter({
      name: 'strata_console_requests_total',
      help: 'HTTP requests by route and status.',
      labelNames: ['route', 'status'],
    }),
    streams: metrics.gauge({
      name: 'strata_console_streams',
      help: 'Open event streams.',
    }),
  };
}
export type ConsoleMetrics = ReturnType<typeof consoleMetrics>;
