import {
  ClientMeter,
  createRuntimeMetrics,
  type Metrics,
} from '../../packages/service-runtime/src/index.ts';
import { createApiMetrics } from '../../services/console/src/api/api-metrics.ts';
import { boardMetrics } from '../../services/console/src/live/board-metrics.ts';
import { readingMetrics } from '../../services/console/src/live/reading-metrics.ts';
import { consoleMetrics } from '../../services/console/src/metrics.ts';
import { createHttpMetrics } from '../../services/ingestor/src/http/http-metrics.ts';
import { createIngestorMetrics } from '../../services/ingestor/src/metrics.ts';
import { notifierMetrics } from '../../services/notifier/src/metrics.ts';
import { createScorerMetrics } from '../../services/scorer/src/metrics.ts';

export interface Metric {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

export interface ServiceMetrics {
  readonly title: string;
  /** Jobs under which Prometheus scrapes it. */
  readonly jobs: readonly string[];
  readonly metrics: readonly Metric[];
}

type Register = (metrics: Metrics) => unknown;

const ALL_JOBS = ['ingestor', 'scorer', 'notifier', 'console'];

// What asks the queue, the log or the board does so when it is read, and here nobody reads.
const SERVICES: readonly (readonly [title: string, jobs: readonly string[], register: Register])[] =
  [
    [
      'Every service',
      ALL_JOBS,
      (metrics) => createRuntimeMetrics(metrics, () => ({ isLive: true, reasons: [] })),
    ],
    [
      'What a service asks over a network, in all of them',
      ALL_JOBS,
      (metrics) => new ClientMeter(metrics),
    ],
    ['Ingestor', ['ingestor'], (metrics) => createIngestorMetrics(metrics, () => [])],
    ['HTTP intake, in the ingestor', ['ingestor'], createHttpMetrics],
    ['Scorer', ['scorer'], createScorerMetrics],
    [
      'Notifier',
      ['notifier'],
      (metrics) =>
        notifierMetrics(
          metrics,
          () => null,
          () => [],
        ),
    ],
    ['Console', ['console'], consoleMetrics],
    [
      'Customers by tier, in the console',
      ['console'],
      (metrics) => boardMetrics(metrics, () => null),
    ],
    [
      'What the page is behind, and dead letters, in the console',
      ['console'],
      (metrics) => readingMetrics(metrics, { lags: () => [], letters: () => null }),
    ],
    [
      'API, in the console',
      ['console'],
      (metrics) => createApiMetrics(metrics, {} as Parameters<typeof createApiMetrics>[1]),
    ],
  ];

/** Every metric of ours, from what each service registers. */
export const SERVICE_METRICS: readonly ServiceMetrics[] = SERVICES.map(
  ([title, jobs, register]) => ({ title, jobs, metrics: registeredBy(register) }),
);

function registeredBy(register: Register): readonly Metric[] {
  const found: Metric[] = [];
  const note =
    (kind: Metric['kind']) =>
    ({
      name,
      help,
      labelNames,
    }: {
      name: string;
      help: string;
      labelNames?: readonly string[];
    }) => {
      found.push({ kind, name, help, labelNames: labelNames ?? [] });
      return {};
    };
  const metrics: unknown = {
    counter: note('counter'),
    gauge: note('gauge'),
    histogram: note('histogram'),
  };
  register(metrics as Metrics);
  return found;
}
