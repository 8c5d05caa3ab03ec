import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** What a service says of itself. `reasons` tell why it is not ready, in sentences; empty when it is. */
export interface HealthReport {
  /** False only where nothing but a restart helps. */
  readonly isLive: boolean;
  readonly reasons: readonly string[];
  /** What an operator wants to see beside it: lag, freshness, depths. No personal data. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/livez` asks for a restart when it fails, `/readyz` only for patience, `/healthz` says everything and never fails,
 * `/metrics` is for Prometheus, as OpenMetrics where it asks for that. No answer waits for anything outside the process.
 */
export async function startHealthServer(settings: {
  host: string;
  port: number;
  service: string;
  metrics: Metrics;
  report: () => HealthReport;
}): Promise<HealthServer> {
  const { host, port, service, metrics, report } = settings;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://health').pathname;
    if (path === '/metrics') {
      metrics.page(request.headers.accept).then(
        ({ contentType, text }) => answer(response, { status: 200, type: contentType, text }),
        () => answer(response, { status: 500, type: 'text/plain', text: 'metrics failed\n' }),
      );
      return;
    }
    const { isLive, reasons, details = {} } = report();
    const isReady = isLive && reasons.length === 0;
    const everything = { service, isLive, isReady, reasons };
    if (path === '/livez') answerJson(response, isLive ? 200 : 503, { isLive });
    else if (path === '/readyz') answerJson(response, isReady ? 200 : 503, everything);
    else if (path === '/healthz') answerJson(response, 200, { ...everything, details });
    else answerJson(response, 404, { paths: ['/livez', '/readyz', '/healthz', '/metrics'] });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  answer(response, { status, type: 'application/json', text: `${JSON.stringify(body)}\n` });
}

function answer(
  response: ServerResponse,
  { status, type, text }: { status: number; type: string; text: string },
): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(text);
}
