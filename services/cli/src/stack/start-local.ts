import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TimeMode } from '@strata/domain';
import {
  type Backends,
  freePort,
  type Sentence,
  type StackAddresses,
  type StackLifetime,
  spawnService,
  startBackends,
  waitUntilReady,
} from '@strata/local-stack';
import { ensureApiKeys } from './api-keys.ts';
import { connectStack } from './connect-stack.ts';
import { deployTopics } from './deploy-topics.ts';
import { ensureIntakeKeys } from './intake-keys.ts';
import { openPartitions } from './open-partitions.ts';
import type { StackHandle } from './stack-handle.ts';
import {
  identityOf,
  type StackIdentity,
  saveStackIdentity,
  stackIdentity,
} from './stack-identity.ts';
import { ROOT, sealingKeyText } from './stack-paths.ts';
import { type StackRecord, writeStackRecord } from './stack-record.ts';

export const SERVICES = ['ingestor', 'scorer', 'notifier', 'console'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Partitions of the customer log of a new stack; fixed for its life. */
export const PARTITIONS_DEFAULT = 32;
const READY_MS = 60_000;

export interface StartOptions {
  readonly dataDir: string;
  readonly time: TimeMode;
  readonly partitions: number;
  readonly isFresh: boolean;
  readonly lifetime: StackLifetime;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** File of webhook subscriptions, null for none. */
  readonly subscriptions: string | null;
  readonly onProgress: (line: Sentence) => void;
}

export interface StartedStack {
  readonly record: StackRecord;
  readonly stack: StackHandle;
  readonly backends: Pick<Backends, 'stop'>;
}

/**
 * Brings up the real parts and the four services, each a process of its own: back ends first, then topics, schemas
 * and the first record of every partition, then the services. If anything fails, everything started is ended again.
 */
export async function startLocal(options: StartOptions): Promise<StartedStack> {
  const { dataDir, time, lifetime, isFresh, onProgress, env } = options;
  const backends = await startBackends({ root: ROOT, dataDir, lifetime, isFresh, onProgress, env });
  let stack: StackHandle | undefined;
  try {
    const sealingKey = sealingKeyText(dataDir);
    const identity = stackIdentity(dataDir, env);
    onProgress({ en: 'Creating topics and registering schemas', zh: '正在创建主题并注册模式' });
    await deployTopics(backends, options.partitions);
    stack = await connectStack({
      kind: 'local',
      time,
      partitions: options.partitions,
      addresses: backends,
      sealingKey,
      identity: identityOf(identity),
    });
    await openPartitions(stack, time);
    saveStackIdentity(dataDir, identity);
    onProgress({ en: 'Starting the services', zh: '正在启动各服务' });
    const ports = await startServices({ ...options, backends, sealingKey, identity });
    const { brokers, registryUrl, stateRedisUrl, queueRedisUrl } = backends;
    const record: StackRecord = {
      format: 1,
      kind: 'local',
      time,
      partitions: options.partitions,
      addresses: { brokers: [...brokers], registryUrl, stateRedisUrl, queueRedisUrl },
      consoleUrl: `http://127.0.0.1:${ports.consolePage}/`,
      intakeUrl: `http://127.0.0.1:${ports.intake}`,
      commandUrl: null,
      subscriptions: options.subscriptions,
    };
    writeStackRecord(dataDir, record);
    return { record, stack, backends };
  } catch (fault) {
    await stack?.close();
    await backends.stop();
    throw fault;
  }
}

interface ServicePorts {
  readonly consolePage: number;
  readonly intake: number;
}

interface ServicesOptions {
  readonly dataDir: string;
  readonly backends: StackAddresses;
  readonly sealingKey: string;
  readonly identity: StackIdentity;
  readonly time: TimeMode;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly subscriptions: string | null;
}

async function startServices(options: ServicesOptions): Promise<ServicePorts> {
  const ports = { consolePage: await freePort(), intake: await freePort() };
  const healthPorts = new Map<ServiceName, number>();
  for (const name of SERVICES) healthPorts.set(name, await freePort());
  const env = serviceEnv({ ...options, ports, healthPorts });
  await Promise.all(
    [...healthPorts].map(([name, port]) =>
      startService(options.dataDir, name, { ...env, STRATA_HEALTH_PORT: String(port) }),
    ),
  );
  return ports;
}

/** Starts one service, also again after it has ended, and waits until it says that it is ready. */
export async function startService(
  dataDir: string,
  name: ServiceName,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const port = Number(env['STRATA_HEALTH_PORT']);
  const entry = join(ROOT, 'services', name, 'src/main.ts');
  // Behind the intake nobody has to tell whom a pseudonym stands for, but who is asked by the ids that people know.
  const { STRATA_INGESTOR_PSEUDONYM_KEY: key } = env;
  const keys = name === 'console' && key !== undefined ? { STRATA_CONSOLE_PSEUDONYM_KEY: key } : {};
  const own =
    name === 'ingestor' ? env : { ...env, STRATA_INGESTOR_PSEUDONYM_KEY: undefined, ...keys };
  const process = await spawnService({ dataDir, name, entry, env: own, port, cwd: ROOT });
  await waitUntilReady({ process, isReady: () => isReady(port), timeoutMs: READY_MS });
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The environment of every service: the stack's own settings over the user's. */
export function serviceEnv(
  options: ServicesOptions & {
    readonly ports: ServicePorts;
    readonly healthPorts: ReadonlyMap<string, number>;
  },
): NodeJS.ProcessEnv {
  const { backends, subscriptions, ports } = options;
  return {
    ...options.env,
    // The one variable that is the commands' own.
    STRATA_STACK_DIR: undefined,
    STRATA_KAFKA_BROKERS: backends.brokers.join(','),
    STRATA_REGISTRY_URL: backends.registryUrl,
    STRATA_STATE_REDIS_URL: backends.stateRedisUrl,
    STRATA_QUEUE_REDIS_URL: backends.queueRedisUrl,
    STRATA_SEALING_KEY: options.sealingKey,
    ...options.identity,
    STRATA_TIME_MODE: options.time,
    STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES: 'true',
    STRATA_CONSOLE_ALLOW_PRIVATE_ADDRESSES: 'true',
    STRATA_CONSOLE_PORT: String(ports.consolePage),
    STRATA_CONSOLE_SERVICES: healthAddresses(options.healthPorts),
    STRATA_CONSOLE_API_KEYS: ensureApiKeys(options.dataDir).keysFile,
    STRATA_INGESTOR_HTTP_KEYS: ensureIntakeKeys(options.dataDir).keysFile,
    STRATA_INGESTOR_HTTP_PORT: String(ports.intake),
    ...(subscriptions === null || !existsSync(subscriptions)
      ? {}
      : { STRATA_NOTIFIER_SUBSCRIPTIONS: subscriptions }),
  };
}

/** Whom the page asks how they are: everybody but itself. */
function healthAddresses(healthPorts: ReadonlyMap<string, number>): string {
  const others = [...healthPorts].filter(([name]) => name !== 'console');
  return others.map(([name, port]) => `${name}=http://127.0.0.1:${port}`).join(',');
}
