import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type OpenMetricsContentType,
  type PrometheusContentType,
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

/** `withProcess` adds memory, event loop and garbage collection of the process; once per process is enough. */
export function createMetrics(settings: { withProcess: boolean }): Metrics {
  const plain = new Registry<PrometheusContentType>();
  // A registry has one format, which a second reader must not change under the first: so each format has its own.
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  if (settings.withProcess) {
    collectDefaultMetrics({ register: plain });
    for (const { name } of plain.getMetricsAsArray()) {
      const metric = plain.getSingleMetric(name);
      if (metric !== undefined) open.registerMetric(metric);
    }
  }
  const registers = [plain, open];
  const pageOf = async (registry: Registry<PrometheusContentType | OpenMetricsContentType>) => ({
    contentType: registry.contentType,
    text: await registry.metrics(),
  });
  return {
    counter: (given) => new Counter({ ...given, registers }),
    gauge: (given) => new Gauge({ ...given, registers }),
    histogram: (given) => new Histogram({ ...given, registers }),
    text: () => plain.metrics(),
    page: (accept) => pageOf(wantsOpenMetrics(accept) ? open : plain),
  };
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
