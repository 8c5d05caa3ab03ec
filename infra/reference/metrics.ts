import { code, page, table } from './markdown.ts';
import { METRIC_LABELS } from './metric-labels.ts';
import { SERVICE_METRICS } from './metric-list.ts';

/** docs/reference/metrics.md, from what each service registers. */
export function metricsPage(): string {
  return page('Metrics', [
    [
      'Each service serves `/metrics` on its health port, as OpenMetrics where the reader asks for that, else in the text',
      'format of Prometheus, beside the usual `process_*` and `nodejs_*` of its process (memory, event-loop delay, garbage',
      'collection). A name is `strata_<service>_<what>_<unit>`; `strata_runtime_*` are those that several services have.',
    ].join('\n'),
    [
      'A figure that is not known is absent, or its age is told: no value of before stands for one of now. Figures of partitions',
      'and endpoints are made when Prometheus asks. What is wrong when one is absent, and what to do: [alarms](../operations/alerts/README.md).',
    ].join('\n'),
    ...SERVICE_METRICS.flatMap(({ title, metrics }) => [
      `## ${title}`,
      table(
        ['Metric', 'Kind', 'Labels', 'What it counts'],
        metrics.map(({ kind, name, help, labelNames }) => [
          code(name),
          kind,
          labelNames.map(code).join(', '),
          help.replace(/\.$/, ''),
        ]),
      ),
    ]),
    '## Labels',
    'No label carries a customer. Each is bounded:',
    table(
      ['Label', 'Values'],
      Object.entries(METRIC_LABELS).map(([label, bound]) => [code(label), bound]),
    ),
  ]);
}
