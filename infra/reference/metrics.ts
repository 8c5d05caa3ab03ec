import type { Metrics } from '../../packages/service-runtime/src/index.ts';
import { createApiMetrics } from '../../services/console/src/api/api-metrics.ts';
import { consoleMetrics } from '../../services/console/src/metrics.ts';
import { createHttpMetrics } from '../../services/ingestor/src/http/http-metrics.ts';
import { createIngestorMetrics } from '../../services/ingestor/src/metrics.ts';
import { notifierMetrics } from '../../services/notifier/src/metrics.ts';
import { createScorerMetrics } from '../../services/scorer/src/metrics.ts';
import { code, page, table } from './markdown.ts';

interface Described {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

type Register = (metrics: Metrics) => unknown;

const SERVICES: readonly (readonly [name: string, register: Register])[] = [
  ['Ingestor', createIngestorMetrics],
  ['HTTP intake, in the ingestor', createHttpMetrics],
  ['Scorer', createScorerMetrics],
  // Only its gauges ask the queue, and only when they are read.
  ['Notifier', (metrics) => notifierMetrics(metrics, {} as Parameters<typeof notifierMetrics>[1])],
  ['Console', consoleMetrics],
  [
    'API, in the console',
    (metrics) => createApiMetrics(metrics, {} as Parameters<typeof createApiMetrics>[1]),
  ],
];

/** docs/reference/metrics.md, from what each service registers. */
export function metricsPage(): string {
  return page('Metrics', [
    [
      'Each service serves `/metrics` in the text format of Prometheus on its health port, beside the',
      'usual `process_*` and `nodejs_*` of its process. No label carries a customer.',
    ].join('\n'),
    ...SERVICES.flatMap(([name, register]) => [
      `## ${name}`,
      table(['Metric', 'Kind', 'Labels', 'What it counts'], rowsOf(register)),
    ]),
  ]);
}

function rowsOf(register: Register): string[][] {
  const found: Described[] = [];
  const note = (kind: Described['kind']) => (settings: Omit<Described, 'kind'>) => {
    found.push({ ...settings, kind });
    return {};
  };
  register({
    counter: note('counter'),
    gauge: note('gauge'),
    histogram: note('histogram'),
  } as unknown as Metrics);
  return found.map(({ kind, name, help, labelNames = [] }) => [
    code(name),
    kind,
    labelNames.map(code).join(', '),
    help.replace(/\.$/, ''),
  ]);
}
