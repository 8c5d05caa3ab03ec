import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Dropped,
  type Identity,
  type Minimisation,
  TOPICS,
  type WireRecord,
} from '@strata/contracts';
import type { TimeMode } from '@strata/domain';
import type { Logger, LogWriter, Serde } from '@strata/pipeline';
import {
  faultPlace,
  type HealthReport,
  INTAKE_KEYS,
  KeyRing,
  type Metrics,
} from '@strata/service-runtime';
import { type Answer, problem, write } from './answer.ts';
import { createHttpMetrics } from './http-metrics.ts';
import type { HttpOptions } from './http-variables.ts';
import { InFlight } from './in-flight.ts';
import { languageOf } from './language.ts';
import { openApiText } from './open-api.ts';
import { Publisher } from './publish.ts';
import { type TakeEventsParts, takeEvents } from './take-events.ts';

export interface HttpIntakePorts {
  /** Of the HTTP intake alone: a writer takes one send at a time. */
  readonly writer: LogWriter;
  readonly serde: (topic: string) => Serde<WireRecord>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Milliseconds for measuring, from any start. */
  readonly nowMs: () => number;
  readonly onDropped: (dropped: Dropped) => void;
}

export interface HttpIntakeSettings extends HttpOptions {
  readonly timeMode: TimeMode;
  readonly rules: Minimisation;
  readonly identity: Identity;
  readonly recordBytesMax: number;
  /** Of `strata.intake.events.v1`. */
  readonly partitions: number;
}

export interface RunningHttpIntake {
  readonly url: string;
  report(): HealthReport;
  /** Takes nothing new, answers what it has begun, and waits for the log. */
  stop(): Promise<void>;
}

/** A sender that is slower than this with its headers, or with the whole, is cut off. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Above the minute for which load balancers keep an idle connection, so that they close it first. */
const KEEP_ALIVE_MS = 65_000;
const HEADER_BYTES_MAX = 8_192;
const HEADERS_MAX = 64;
const CONNECTIONS_MAX = 2_048;
const FAILURE_SHOWN_MS = 5_000;

/** `POST /v1/events` beside the consumer of the intake: events by HTTP into `strata.intake.events.v1`. */
export async function startHttpIntake(
  ports: HttpIntakePorts,
  settings: HttpIntakeSettings,
): Promise<RunningHttpIntake> {
  const { logger, nowMs } = ports;
  const metrics = createHttpMetrics(ports.metrics);
  const keys = new KeyRing(settings.keysFile, {
    kind: INTAKE_KEYS,
    rateOf: ({ eventsPerSecond, burst }) => ({ perSecond: eventsPerSecond, burst }),
    logger,
    nowMs,
  });
  const inFlight = new InFlight({
    requestsMax: settings.requestsMax,
    bytesMax: settings.inFlightBytesMax,
  });
  const timeoutMs = settings.ackTimeoutMs;
  const publisher = new Publisher(ports.writer, { logger, timeoutMs, nowMs });
  const { timeMode, rules, identity, recordBytesMax, partitions } = settings;
  const { bodyBytesMax, linesMax } = settings;
  const serde = ports.serde(TOPICS.events);
  const admission = { timeMode, rules, identity, recordBytesMax, serde, partitions };
  const limits = { bodyBytesMax, linesMax };
  const { onDropped } = ports;
  const take = {
    keys,
    inFlight,
    publisher,
    metrics,
    admission,
    ...limits,
    logger,
    nowMs,
    onDropped,
  };
  let isStopping = false;
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX });
  const serve = (exchange: Exchange): void =>
    respond(exchange, { take, isStopping: () => isStopping, logger });
  server.on('request', (request, response) => serve({ request, response, isAsking: false }));
  server.on('checkContinue', (request, response) => serve({ request, response, isAsking: true }));
  const url = await listen(server, settings);
  return {
    url,
    report: () => ({
      isLive: true,
      reasons: publisher.hasFailedWithin(FAILURE_SHOWN_MS)
        ? ['Kafka does not acknowledge what the HTTP intake publishes.']
        : [],
      details: { url, inFlight: inFlight.requests },
    }),
    stop: async () => {
      isStopping = true;
      keys.close();
      await close(server, timeoutMs + REQUEST_TIMEOUT_MS);
      await publisher.settled();
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly isAsking: boolean;
}

interface Serving {
  readonly take: TakeEventsParts;
  readonly isStopping: () => boolean;
  readonly logger: Logger;
}

/** Nothing of a request is logged: neither key nor body, and no address that could hold one. */
function respond(exchange: Exchange, { take, isStopping, logger }: Serving): void {
  const { request, response } = exchange;
  const path = pathOf(request);
  const finish = (answer: Answer | null): void => {
    if (answer === null) return;
    take.metrics.requests.inc({ path, status: String(answer.status) });
    take.metrics.inFlightRequests.set(take.inFlight.requests);
    take.metrics.inFlightBytes.set(take.inFlight.bytes);
    write({ request, response }, answer, isStopping());
  };
  answerTo(path, exchange, { take, isStopping }).then(finish, (error: unknown) => {
    logger.error({ error: faultPlace(error) }, 'A request failed');
    finish(problem('internal-fault', languageOf(request.headers['accept-language'])));
  });
}

async function answerTo(
  path: KnownPath | 'other',
  exchange: Exchange,
  { take, isStopping }: Pick<Serving, 'take' | 'isStopping'>,
): Promise<Answer | null> {
  const { method = '', headers } = exchange.request;
  const language = languageOf(headers['accept-language']);
  if (path === 'other') return problem('no-such-path', language);
  const allowed: readonly string[] = METHODS[path];
  if (!allowed.includes(method)) {
    return problem('no-such-method', language, { headers: { allow: allowed.join(', ') } });
  }
  if (path === '/v1/openapi.json') {
    return { status: 200, type: 'application/json', body: openApiText() };
  }
  if (isStopping()) return problem('stopping', language);
  return takeEvents({ ...exchange, language }, take);
}

const METHODS = {
  '/v1/events': ['POST'],
  '/v1/openapi.json': ['GET', 'HEAD'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type KnownPath = keyof typeof METHODS;

function pathOf({ url = '' }: IncomingMessage): KnownPath | 'other' {
  const path = url.split('?')[0] ?? '';
  return Object.hasOwn(METHODS, path) ? (path as KnownPath) : 'other';
}

async function listen(
  server: Server,
  { host, port }: Pick<HttpIntakeSettings, 'host' | 'port'>,
): Promise<string> {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxHeadersCount = HEADERS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

async function close(server: Server, patienceMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}
