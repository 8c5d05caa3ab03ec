import type { Metrics } from '@strata/service-runtime';
import type { ConsoleMetrics } from '../metrics.ts';

/** What the API counts, by the paths of its table; a customer is in none of them. */
export function createApiMetrics(metrics: Metrics, shared: Pick<ConsoleMetrics, 'requests'>) {
  return {
    requests: shared.requests,
    refusedNotFresh: metrics.counter({
      name: 'strata_console_not_fresh_total',
      help: 'Requests that wanted a fresher state than there was',
    }),
    streams: metrics.gauge({
      name: 'strata_console_api_streams',
      help: 'Open streams of tier changes',
    }),
    streamsEnded: metrics.counter({
      name: 'strata_console_api_streams_ended_total',
      help: 'Streams of tier changes that ended, by reason',
      labelNames: ['reason'],
    }),
    seconds: metrics.histogram({
      name: 'strata_console_api_seconds',
      help: 'Time to the answer of a request of the API, by route',
      labelNames: ['route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
  };
}

export type ApiMetrics = ReturnType<typeof createApiMetrics>;
