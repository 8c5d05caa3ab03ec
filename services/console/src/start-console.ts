import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { TOPICS } from '@strata/contracts';
import type { HealthReport } from '@strata/service-runtime';
import { answerOf } from '@strata/stack-figures';
import { ChangeTail } from './api/changes/change-tail.ts';
import { openApi } from './api/open-console-api.ts';
import { boardMetrics } from './live/board-metrics.ts';
import { EventFeed, LISTED_CHANGES } from './live/event-feed.ts';
import { FlowMeter } from './live/flow-meter.ts';
import { ownReport } from './live/own-report.ts';
import { BoardReader } from './live/read-board.ts';
import { readingMetrics } from './live/reading-metrics.ts';
import { SAMPLE_INTERVAL_MS, sampler } from './live/sampler.ts';
import { StackWatch } from './live/stack-watch.ts';
import { BOARD_TOPICS, TierBoard } from './live/tier-board.ts';
import { consoleMetrics } from './metrics.ts';
import type { LiveView } from './page/live-regions.ts';
import type { ConsolePorts, ConsoleSettings } from './ports.ts';
import { readAssets } from './routes/assets.ts';
import { Router } from './routes/router.ts';

/** Updates are gathered for so long before they go to the pages. */
const GATHER_MS = 300;
const HEARTBEAT_INTERVAL_MS = 15_000;
const COMMIT_INTERVAL_MS = 30_000;
/** A caller that is slower than this with its headers, or with the whole request, is cut off. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Above the minute for which load balancers keep an idle connection, so that they close it first. */
const KEEP_ALIVE_MS = 65_000;
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

export interface RunningConsole {
  /** Where the page is. */
  readonly url: string;
  report(): HealthReport;
  /** Asks the log and the other services how they stand. To be called every few seconds; rejects where the log does not answer. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** The live view: tiers and their changes, read from the topics and kept in memory alone. */
export async function startConsole(
  ports: ConsolePorts,
  settings: ConsoleSettings,
): Promise<RunningConsole> {
  const { logger, log, onFatal } = ports;
  const { groupId, host } = settings;
  const metrics = consoleMetrics(ports.metrics);
  const tail = await tailOf(ports);
  const board = new TierBoard(ports.serdes);
  const meter = new FlowMeter({ log, serde: ports.serdes(TOPICS.deadLetters) });
  const watch = new StackWatch(ports.askServices ?? (async () => []));
  const letters = (): ReadonlyMap<string, number> | null => meter.look(ports.clock.nowMs()).letters;
  const report = (): HealthReport =>
    ownReport({ url, streams: feed.clients(), reader, board, letters: letters() });
  const view = (): LiveView => viewNow(ports, { board, meter, watch, reader, report });
  const feed = new EventFeed({ boot: randomBytes(6).toString('hex'), view });
  const gather = gathered(() => feed.flush());
  const reader = new BoardReader({
    board,
    tail,
    log,
    clock: ports.clock,
    logger,
    metrics,
    onFatal,
    onChange: () => {
      if (feed.clients() > 0) gather.soon();
    },
  });
  boardMetrics(ports.metrics, () => (reader.isCatchingUp() ? null : board));
  readingMetrics(ports.metrics, { lags: () => reader.lags(), letters });
  const sampling = sampler({ meter, watch }, ports);
  const api = await openApi(ports, { settings, metrics, tail, board, reader });
  const router = new Router({
    view,
    feed,
    api,
    metrics,
    assets: await readAssets(),
    refresh: sampling.refresh,
    hosts: isLoopback(host) ? LOOPBACK_NAMES : null,
  });
  const server = serverOf(router, logger);
  const url = await listen(server, settings);
  const timers = startTimers(feed, sampling.refresh);
  const topics = [...BOARD_TOPICS];
  await ports.group.start({ groupId, topics, commitIntervalMs: COMMIT_INTERVAL_MS }, reader);
  return {
    url,
    report,
    look: async () => {
      await sampling.now();
      await reader.lookAtTopics(groupId);
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      gather.cancel();
      api.stop();
      await ports.group.stop();
      feed.close();
      await close(server);
    },
  };
}

function viewNow(
  { clock, clientReasons = () => [] }: Pick<ConsolePorts, 'clock' | 'clientReasons'>,
  parts: {
    readonly board: TierBoard;
    readonly meter: FlowMeter;
    readonly watch: StackWatch;
    readonly reader: BoardReader;
    readonly report: () => HealthReport;
  },
): LiveView {
  const { board, meter, watch, reader } = parts;
  const nowMs = clock.nowMs();
  const { reasons, ...own } = parts.report();
  const answer = answerOf('console', { ...own, reasons: [...reasons, ...clientReasons()] });
  return {
    board,
    flow: meter.look(nowMs).flow,
    stack: watch.figures(answer, nowMs),
    nowMs,
    isCatchingUp: reader.isCatchingUp(),
    changes: board.latest.newest(LISTED_CHANGES),
  };
}

async function tailOf({ log, serdes }: ConsolePorts): Promise<ChangeTail> {
  const topic = TOPICS.tierChanges;
  return new ChangeTail(serdes(topic), await log.partitionCount(topic));
}

function serverOf(router: Router, logger: ConsolePorts['logger']): Server {
  return createServer((request, response) => {
    router.handle(request, response).catch((error: unknown) => {
      logger.error({ error: String(error) }, 'A request failed');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

/** Without a reader nothing is asked for. */
function startTimers(feed: EventFeed, refresh: () => Promise<void>): readonly NodeJS.Timeout[] {
  return [
    setInterval(() => {
      if (feed.clients() > 0) void refresh().then(() => feed.flush());
    }, SAMPLE_INTERVAL_MS),
    setInterval(() => feed.heartbeat(), HEARTBEAT_INTERVAL_MS),
  ];
}

/** Many calls, one run. */
function gathered(run: () => void): { soon: () => void; cancel: () => void } {
  let timer: NodeJS.Timeout | null = null;
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = null;
        run();
      }, GATHER_MS);
    },
    cancel: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

async function listen(server: Server, { host, port }: ConsoleSettings): Promise<string> {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
