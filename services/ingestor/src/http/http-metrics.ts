import type { Metrics } from '@strata/service-runtime';

/** What the HTTP intake counts. A key's name is configuration, and no customer. */
export function createHttpMetrics(metrics: Metrics) {
  return {
    requests: metrics.counter({
      name: 'strata_ingestor_http_requests_total',
      help: 'Requests to the HTTP intake, by path and status',
      labelNames: ['path', 'status'],
    }),
    events: metrics.counter({
      name: 'strata_ingestor_http_events_total',
      help: 'Lines of answered requests, by key and outcome: accepted or refused',
      labelNames: ['key', 'outcome'],
    }),
    refused: metrics.counter({
      name: 'strata_ingestor_http_refused_total',
      help: 'Lines that were refused to their sender and are kept nowhere, by reason',
      labelNames: ['reason'],
    }),
    seconds: metrics.histogram({
      name: 'strata_ingestor_http_publish_seconds',
      help: 'Time from the whole body to the acknowledgement of Kafka',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    }),
    inFlightRequests: metrics.gauge({
      name: 'strata_ingestor_http_in_flight_requests',
      help: 'Requests whose events are not acknowledged yet',
    }),
    inFlightBytes: metrics.gauge({
      name: 'strata_ingestor_http_in_flight_bytes',
      help: 'Bytes that these requests hold',
    }),
  };
}

export type HttpMetrics = ReturnType<typeof createHttpMetrics>;
