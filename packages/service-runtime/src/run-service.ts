import type { z } from 'zod';
import { ClientMeter } from './client-meter.ts';
import { withFaultLines } from './fault-lines.ts';
import { type HealthReport, startHealthServer } from './health-server.ts';
import { createLifecycle, type HostProcess, type Lifecycle } from './lifecycle.ts';
import { createLogger, type ServiceLogger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { type ConfigSchema, type Environment, printableConfig, readConfig } from './read-config.ts';
import { createRuntimeMetrics } from './runtime-metrics.ts';

/** What a composition root is given. */
export interface ServiceContext<Config> {
  readonly config: Config;
  readonly logger: ServiceLogger;
  readonly metrics: Metrics;
  /** To be put before everything that is asked over a network. */
  readonly meter: ClientMeter;
  readonly lifecycle: Lifecycle;
}

/** `report` answers the health questions from then on. */
export interface RunningService {
  report(): HealthReport;
}

interface ServiceHost extends HostProcess {
  readonly env: Environment;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

interface BaseConfig {
  readonly STRATA_HEALTH_HOST: string;
  readonly STRATA_HEALTH_PORT: number;
  readonly STRATA_LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error';
}

/**
 * The whole life of a service process. The health server comes first and its address goes to standard output as one
 * line of JSON, `{"strata":"listening","service":...,"url":...,"pid":...}`, so that a supervisor can ask why a service
 * is not ready while it still waits for what it needs.
 */
export async function runService<Shape extends z.ZodRawShape>(service: {
  schema: ConfigSchema<Shape>;
  compose: (
    context: ServiceContext<Readonly<z.output<z.ZodObject<Shape>>>>,
  ) => Promise<RunningService>;
  host: ServiceHost;
}): Promise<void> {
  const { schema, compose, host } = service;
  let config: Readonly<z.output<z.ZodObject<Shape>>>;
  try {
    config = readConfig(schema, host.env);
  } catch (error) {
    host.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    host.exit(1);
    return;
  }
  const base = config as unknown as BaseConfig;
  const logger = withFaultLines(
    createLogger({ service: schema.service, level: base.STRATA_LOG_LEVEL }),
  );
  const lifecycle = createLifecycle({ logger, host });
  const metrics = createMetrics({ withProcess: true });
  const meter = new ClientMeter(metrics);
  logger.info(printableConfig(schema, config), 'Starting');
  let running: RunningService | null = null;
  const report = (): HealthReport => {
    if (lifecycle.isStopping()) return { isLive: true, reasons: ['The service is stopping.'] };
    const own = running?.report() ?? { isLive: true, reasons: ['The service is starting.'] };
    return { ...own, reasons: [...own.reasons, ...meter.reasons()] };
  };
  createRuntimeMetrics(metrics, report);
  try {
    const server = await startHealthServer({
      host: base.STRATA_HEALTH_HOST,
      port: base.STRATA_HEALTH_PORT,
      service: schema.service,
      metrics,
      report,
    });
    lifecycle.started('health server', () => server.close());
    const line = { strata: 'listening', service: schema.service, url: server.url, pid: host.pid };
    host.stdout.write(`${JSON.stringify(line)}\n`);
    running = await compose({ config, logger, metrics, meter, lifecycle });
  } catch (error) {
    // A part that failed because a signal stopped it under its hands is no fault.
    if (!lifecycle.isStopping()) lifecycle.fatal(error);
  }
}
