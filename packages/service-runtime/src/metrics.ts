import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';

type Without<Config> = Omit<Config, 'registers'>;

/** The metrics of one process. Never prom-client's global registry: several services may share a process. */
export interface Metrics {
  counter<L extends string = never>(settings: Without<CounterConfiguration<L>>): Counter<L>;
  gauge<L extends string = never>(settings: Without<GaugeConfiguration<L>>): Gauge<L>;
  histogram<L extends string = never>(settings: Without<HistogramConfiguration<L>>): Histogram<L>;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  /** In the format that a reader asks for by its `Accept`: OpenMetrics where it is named, else that of Prometheus. */
  page(accept: string | undefined): Promise<MetricsPage>;
}

export interface MetricsPage {
  readonly contentType: string;
  readonly text: string;
}

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** `withProcess` adds memory, event loop and garbage collection of the process; once per process is enough. */
export function createMetrics(settings: { withProcess: boolean }): Metrics {
  const registry = new Registry();
  if (settings.withProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    counter: (given) => new Counter({ ...given, registers }),
    gauge: (given) => new Gauge({ ...given, registers }),
    histogram: (given) => new Histogram({ ...given, registers }),
    text: () => registry.metrics(),
    page: async (accept) => {
      const text = await registry.metrics();
      return wantsOpenMetrics(accept)
        ? { contentType: OPEN_METRICS, text: openMetricsOf(text) }
        : { contentType: registry.contentType, text };
    },
  };
}

/**
 * The same in OpenMetrics: a counter is described without the `_total` of its samples, and the end is said. prom-client
 * has this format, too, but renames the counters for good when it is first asked for it, also for readers of the other.
 */
function openMetricsOf(text: string): string {
  const described = text.replace(
    /^(# HELP )(\S+)_total( .*\n# TYPE )\2_total counter$/gm,
    '$1$2$3$2 counter',
  );
  return `${described.trimEnd().replaceAll(/\n{2,}/g, '\n')}\n# EOF\n`;
}

function wantsOpenMetrics(accept = ''): boolean {
  return accept
    .split(',')
    .some((range) => range.trim().startsWith('application/openmetrics-text') && !isRefused(range));
}

/** `q=0` names what is not wanted. */
function isRefused(range: string): boolean {
  return /;\s*q=0(\.0*)?\s*($|;)/.test(range);
}
