import { identity, TOPICS } from '@strata/contracts';
import { API_KEYS, type ApiKey, KeyRing } from '@strata/service-runtime';
import type { ConsoleMetrics } from '../metrics.ts';
import type { ConsolePorts, ConsoleSettings } from '../ports.ts';
import { Api } from './api.ts';
import { createApiMetrics } from './api-metrics.ts';
import { CustomerFinder } from './profiles/find-customers.ts';
import { LogEnds } from './profiles/log-ends.ts';
import { StateReader } from './profiles/state-reader.ts';
import { apiRoutes } from './routes.ts';

interface ApiContext {
  readonly settings: ConsoleSettings;
  readonly metrics: ConsoleMetrics;
}

/** The API of a console: its routes over the console's ports, for the keys of its file. */
export async function openApi(ports: ConsolePorts, context: ApiContext): Promise<Api> {
  const { settings, metrics: shared } = context;
  const { log, logger, store } = ports;
  const nowMs = (): number => performance.now();
  const wallMs = (): number => ports.clock.nowMs();
  const metrics = createApiMetrics(ports.metrics, shared);
  const partitions = await log.partitionCount(TOPICS.customerLog);
  const reader = new StateReader({ store, partitions, wallMs, nowMs });
  const ends = new LogEnds({ log, wallMs, nowMs });
  const ids = settings.identity ?? identity();
  const finder = new CustomerFinder({
    reader,
    ends,
    identity: ids,
    wallMs,
  });
  const rateOf = ({ requestsPerSecond: perSecond, burst }: ApiKey) => ({ perSecond, burst });
  const { apiKeysFile } = settings;
  return new Api({
    routes: apiRoutes({
      customers: { finder, metrics },
      tiers: { store, reader, ends, wallMs },
      subscriptions: { ports: ports.subscriptions ?? null, identity: ids },
    }),
    keys:
      apiKeysFile === null
        ? null
        : new KeyRing(apiKeysFile, { kind: API_KEYS, rateOf, logger, nowMs }),
    metrics,
    logger,
    nowMs,
  });
}
