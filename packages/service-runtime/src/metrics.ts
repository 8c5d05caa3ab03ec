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
  readonly contentType: string;
}

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
    contentType: registry.contentType,
  };
}
