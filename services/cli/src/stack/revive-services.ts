import { stackStatus } from '@strata/local-stack';
import { stackIdentity } from './stack-identity.ts';
import { sealingKeyText } from './stack-paths.ts';
import type { StackRecord } from './stack-record.ts';
import { SERVICES, type ServiceName, serviceEnv, startService } from './start-local.ts';

/**
 * Starts the services of a running stack again that have ended, each on its port of before. Names of those started.
 * They go on where the last commit left off; back ends are not touched.
 */
export async function reviveServices(
  dataDir: string,
  record: StackRecord,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly ServiceName[]> {
  const { addresses, consoleUrl, intakeUrl, time } = record;
  if (addresses === null) return [];
  const services = stackStatus(dataDir).rows.filter((row) => row.kind === 'service');
  const ended = services.filter((row) => !row.isUp);
  const common = serviceEnv({
    backends: addresses,
    subscriptions: record.subscriptions,
    sealingKey: sealingKeyText(dataDir),
    identity: stackIdentity(dataDir),
    ports: { consolePage: portOf(consoleUrl), intake: portOf(intakeUrl) },
    healthPorts: new Map(services.map(({ name, port }) => [name, port ?? 0])),
    dataDir,
    time,
    env,
  });
  const revived: ServiceName[] = [];
  for (const { name, port } of ended) {
    const service = SERVICES.find((it) => it === name);
    if (service === undefined) continue;
    await startService(dataDir, service, { ...common, STRATA_HEALTH_PORT: String(port ?? 0) });
    revived.push(service);
  }
  return revived;
}

function portOf(url: string | null): number {
  return url === null ? 0 : Number(new URL(url).port);
}
