import { API_KEYS, type ApiKey, KeyRing } from '@strata/service-runtime';
import type { ConsoleMetrics } from '../metrics.ts';
import type { ConsolePorts, ConsoleSettings } from '../ports.ts';
import { Api } from './api.ts';
import { createApiMetrics } from './api-metrics.ts';
import { apiRoutes } from './routes.ts';

/** The API of a console: its routes over the console's ports, for the keys of its file. */
export function openApi(
  { logger, metrics: registry }: ConsolePorts,
  {
    settings: { apiKeysFile },
    metrics,
  }: { readonly settings: ConsoleSettings; readonly metrics: ConsoleMetrics },
): Api {
  const nowMs = (): number => performance.now();
  const rateOf = ({ requestsPerSecond: perSecond, burst }: ApiKey) => ({ perSecond, burst });
  return new Api({
    routes: apiRoutes({}),
    keys:
      apiKeysFile === null
        ? null
        : new KeyRing(apiKeysFile, { kind: API_KEYS, rateOf, logger, nowMs }),
    metrics: createApiMetrics(registry, metrics),
    logger,
    nowMs,
  });
}
