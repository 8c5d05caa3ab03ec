import type { HealthReport } from './health-server.ts';
import type { Metrics } from './metrics.ts';

/** What every service exports of itself, beside `process_*` and `nodejs_*`: its health, so that alarms say what `/readyz` says. */
export function createRuntimeMetrics(metrics: Metrics, report: () => HealthReport): void {
  metrics.gauge({
    name: 'strata_runtime_live',
    help: '1 while the process can go on, 0 where only a restart helps, as `/livez` says',
    collect() {
      this.set(report().isLive ? 1 : 0);
    },
  });
  metrics.gauge({
    name: 'strata_runtime_ready',
    help: '1 while nothing is amiss, 0 while `/readyz` has a reason',
    collect() {
      const { isLive, reasons } = report();
      this.set(isLive && reasons.length === 0 ? 1 : 0);
    },
  });
  metrics.gauge({
    name: 'strata_runtime_clock_timestamp_seconds',
    help: 'What the clock of the machine says, to be held against the one of Prometheus',
    collect() {
      this.set(Date.now() / 1_000);
    },
  });
}
