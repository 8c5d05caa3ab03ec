import { resolve } from 'node:path';
import { type FetchContext, installRedis, kafkaJars, registryFolder } from './fetch-parts.ts';
import { startKafka } from './kafka-broker.ts';
import { type Prerequisite, prerequisites } from './prerequisites.ts';
import { startRedis } from './redis-server.ts';
import { startRegistry } from './registry-server.ts';
import { type Sentence, StackFault } from './stack-fault.ts';
import {
  readStackFile,
  type StackAddresses,
  type StackProcess,
  updateStackFile,
} from './stack-file.ts';
import { claimStack, type StackLifetime, stackStatus, stopStack, wipeStack } from './stack-life.ts';
import { KAFKA_VERSION, REGISTRY_VERSION } from './versions.ts';

/** What a stack is started from. */
export interface BackendsOptions {
  /** The checkout: `infra/kafka` is read from it, `.cache` written to it. */
  readonly root: string;
  /** All data, logs and the stack file: `.strata/<stack>`, or a temporary folder in tests. */
  readonly dataDir: string;
  /** `owner` (the default): nothing outlives the calling process, however it ends. */
  readonly lifetime?: StackLifetime;
  /** Removes the data of an earlier run first. */
  readonly isFresh?: boolean;
  readonly onProgress?: (line: Sentence) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Where a proxy stands before the broker: the port it hands on to, and its own, which clients are told. */
  readonly kafkaProxy?: { readonly target: number; readonly port: number };
}

export const BACKEND_NAMES = ['kafka', 'registry', 'redis-state', 'redis-queue'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** The running back ends. */
export interface Backends extends StackAddresses {
  readonly dataDir: string;
  /** As written down at this moment, services included. */
  readonly processes: readonly StackProcess[];
  /** Starts one that has ended again, over its data and on its port, and resolves when it is ready. */
  restart(name: BackendName): Promise<void>;
  /** Ends everything of this stack, services first. */
  stop(): Promise<void>;
}

/**
 * Starts broker, registry and both Redis, each as its own process on a free loopback port, and
 * resolves when all are ready. If one of them fails, all that were started are ended again.
 */
export async function startBackends(options: BackendsOptions): Promise<Backends> {
  const { lifetime = 'owner', onProgress = () => undefined, env = process.env } = options;
  const root = resolve(options.root);
  const dataDir = resolve(options.dataDir);
  if (options.isFresh === true) wipeStack(dataDir);
  const found = prerequisites(env);
  const java = pathOf(found.java);
  const context: FetchContext = { root, maven: pathOf(found.maven), env, onProgress };
  if (found.redis.state === 'missing') throw missing(found.redis.how);

  claimStack(dataDir, lifetime, { kafka: KAFKA_VERSION, registry: REGISTRY_VERSION });
  try {
    const starts = startsOf({ context, dataDir, java, redis: found.redis, options });
    const addresses = await startAll(context, starts);
    updateStackFile(dataDir, (file) => ({ ...file, addresses }));
    return {
      ...addresses,
      dataDir,
      get processes() {
        return stackStatus(dataDir).file?.processes ?? [];
      },
      restart: async (name) => {
        const before = readStackFile(dataDir)?.processes.find((each) => each.name === name);
        await starts[name].start(before?.port ?? undefined);
      },
      stop: async () => {
        await stopStack(dataDir);
      },
    };
  } catch (fault) {
    await stopStack(dataDir);
    throw fault;
  }
}

/** Fetches broker and registry into the checkout's `.cache` and starts nothing. */
export async function fetchBackends(
  options: Pick<BackendsOptions, 'root' | 'onProgress' | 'env'>,
): Promise<void> {
  const { onProgress = () => undefined, env = process.env } = options;
  const maven = pathOf(prerequisites(env).maven);
  const context: FetchContext = { root: resolve(options.root), maven, env, onProgress };
  await kafkaJars(context);
  await registryFolder(context);
}

/** The addresses of a stack that another process started; null where it is not up. */
export function connectToStack(dataDir: string): StackAddresses | null {
  const { state, file } = stackStatus(resolve(dataDir));
  return state === 'down' ? null : (file?.addresses ?? null);
}

/** How a back end is started, the first time and again. */
interface BackendStart {
  /** As a reader knows it. */
  readonly title: string;
  /** What has to be fetched before the first start. */
  readonly parts: Promise<unknown>;
  /** Resolves with its address; the port is of its own choice where none is given. */
  readonly start: (port?: number) => Promise<string>;
}

/** Fetches what is missing while others start already; each start waits for its own parts alone. */
function startsOf(parts: {
  context: FetchContext;
  dataDir: string;
  java: string;
  redis: Prerequisite;
  options: Pick<BackendsOptions, 'kafkaProxy'>;
}): Readonly<Record<BackendName, BackendStart>> {
  const { context, dataDir, java, redis } = parts;
  const { kafkaProxy } = parts.options;
  const { root, env } = context;
  const jars = kafkaJars(context);
  // One Maven at a time: two would write the same local repository.
  const registry = jars.then(() => registryFolder(context));
  const command = redis.state === 'ok' ? Promise.resolve(redis.path) : installRedis(context);
  // Each is awaited by its start; until then its failure is nobody's.
  for (const part of [registry, command]) part.catch(() => undefined);
  const startOfRedis = (name: 'redis-state' | 'redis-queue', title: string): BackendStart => ({
    title,
    parts: command,
    start: async (port) => startRedis({ name, dataDir, command: await command, env, port }),
  });
  return {
    kafka: {
      title: 'Kafka',
      parts: jars,
      start: async (port = kafkaProxy?.target) =>
        startKafka({
          root,
          dataDir,
          jars: await jars,
          java,
          env,
          port,
          advertisedPort: kafkaProxy?.port,
        }),
    },
    registry: {
      title: 'Apicurio Registry',
      parts: registry,
      start: async (port) => startRegistry({ dataDir, folder: await registry, java, env, port }),
    },
    'redis-state': startOfRedis('redis-state', 'Redis (state)'),
    'redis-queue': startOfRedis('redis-queue', 'Redis (queue)'),
  };
}

async function startAll(
  { onProgress }: FetchContext,
  starts: Readonly<Record<BackendName, BackendStart>>,
): Promise<StackAddresses> {
  const started = await Promise.allSettled(
    BACKEND_NAMES.map((name) => tellStart(onProgress, starts[name])),
  );
  // All have come to an end, so no start is under way when the caller ends what runs.
  const [broker, registryUrl, stateRedisUrl, queueRedisUrl] = started.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  }) as [string, string, string, string];
  return { brokers: [broker], registryUrl, stateRedisUrl, queueRedisUrl };
}

/** Starts a part and says where it is reached, and how long it took. */
async function tellStart(
  onProgress: (line: Sentence) => void,
  { title, parts, start }: BackendStart,
): Promise<string> {
  await parts;
  const startedMs = performance.now();
  const address = await start();
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  onProgress({
    en: `${title} is ready at ${address} (${seconds} s)`,
    zh: `${title} 已就绪:${address}(${seconds} 秒)`,
  });
  return address;
}

function pathOf(prerequisite: Prerequisite): string {
  if (prerequisite.state === 'ok') return prerequisite.path;
  throw missing(prerequisite.how);
}

function missing(how: Sentence): StackFault {
  return new StackFault('STRATA_STACK_PREREQUISITE_MISSING', {
    en: `${how.en} Or use --stack embedded, which needs neither broker nor Redis.`,
    zh: `${how.zh}也可以使用 --stack embedded,它不需要代理和 Redis。`,
  });
}
