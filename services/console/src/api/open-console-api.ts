import { identity, TOPICS } from '@strata/contracts';
import { API_KEYS, type ApiKey, KeyRing } from '@strata/service-runtime';
import type { BoardReader } from '../live/read-board.ts';
import type { TierBoard } from '../live/tier-board.ts';
import type { ConsoleMetrics } from '../metrics.ts';
import type { ConsolePorts, ConsoleSettings } from '../ports.ts';
import { Api } from './api.ts';
import { createApiMetrics } from './api-metrics.ts';
import { ChangeStreams } from './changes/change-streams.ts';
import type { ChangeTail } from './changes/change-tail.ts';
import { CustomerFinder } from './profiles/find-customers.ts';
import { LogEnds } from './profiles/log-ends.ts';
import { StateReader } from './profiles/state-reader.ts';
import { apiRoutes } from './routes.ts';

interface ApiContext {
  readonly settings: ConsoleSettings;
  readonly metrics: ConsoleMetrics;
  readonly tail: ChangeTail;
  readonly board: TierBoard;
  /** How far board and tail are. */
  readonly reader: Pick<BoardReader, 'isCatchingUp' | 'positions'>;
}

/** Where nothing else is said. A reader that takes nothing for so long is cut off. */
const STREAM_DEFAULTS = { streamsMax: 100, patienceMs: 30_000, heartbeatMs: 15_000 };

/** The API of a console: its routes over the console's ports, for the keys of its file. */
export async function openApi(ports: ConsolePorts, context: ApiContext): Promise<Api> {
  const { settings, metrics: shared, tail, board, reader: topics } = context;
  const isCatchingUp = (): boolean => topics.isCatchingUp();
  const offsets = (): ReadonlyMap<number, number> => topics.positions(TOPICS.tiers);
  const { log, logger, store } = ports;
  const nowMs = (): number => performance.now();
  const wallMs = (): number => ports.clock.nowMs();
  const metrics = createApiMetrics(ports.metrics, shared);
  const keys = keysOf(ports, settings, nowMs);
  const partitions = await log.partitionCount(TOPICS.customerLog);
  const reader = new StateReader({ store, partitions, wallMs, nowMs });
  const ends = new LogEnds({ log, wallMs, nowMs });
  const own = settings.identity ?? identity();
  const finder = new CustomerFinder({ reader, ends, identity: own, wallMs });
  const streams = new ChangeStreams({
    tail,
    log,
    isCatchingUp,
    holdsKey: (key) => keys?.holds(key) ?? false,
    metrics,
    logger,
    ...STREAM_DEFAULTS,
    ...settings.streams,
  });
  const routes = apiRoutes({
    customers: { finder, metrics },
    tiers: { store, reader, ends, wallMs },
    changes: { streams, identity: own },
    exports: { board, offsets, isCatchingUp, metrics },
    subscriptions: { ports: ports.subscriptions ?? null, identity: own },
  });
  return new Api({ routes, keys, metrics, logger, nowMs, onStop: () => streams.stop() });
}

function keysOf(
  { logger }: Pick<ConsolePorts, 'logger'>,
  { apiKeysFile }: ConsoleSettings,
  nowMs: () => number,
): KeyRing<ApiKey> | null {
  if (apiKeysFile === null) return null;
  const rateOf = ({ requestsPerSecond: perSecond, burst }: ApiKey) => ({ perSecond, burst });
  return new KeyRing(apiKeysFile, { kind: API_KEYS, rateOf, logger, nowMs });
}
