import type { TimeMode } from '@strata/domain';
import { freePort, type Sentence } from '@strata/local-stack';
import type { Language } from '../language.ts';
import { type ComposeRun, compose, composeEnv, composeOrThrow } from './compose-project.ts';
import { connectStack } from './connect-stack.ts';
import { deployTopics } from './deploy-topics.ts';
import { COMPOSE_BACKENDS, dockerStatus } from './docker-status.ts';
import { DOCKER_STEPS } from './docker-texts.ts';
import { openPartitions } from './open-partitions.ts';
import { requireDocker } from './run-docker.ts';
import type { StackHandle } from './stack-handle.ts';
import { identityOf, saveStackIdentity, stackIdentity } from './stack-identity.ts';
import { sealingKeyText } from './stack-paths.ts';
import {
  readStackRecord,
  removeStackRecord,
  type StackRecord,
  writeStackRecord,
} from './stack-record.ts';
import { SERVICES, type StartedStack } from './start-local.ts';

const UP = ['up', '--detach', '--wait', '--wait-timeout', '600', '--quiet-pull'];
const DOWN = ['down', '--remove-orphans', '--timeout', '20'];

export interface StartDockerOptions {
  readonly dataDir: string;
  readonly time: TimeMode;
  readonly partitions: number;
  /** Removes the volumes of before. */
  readonly isFresh: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** File of webhook subscriptions, null for none. */
  readonly subscriptions: string | null;
  readonly onProgress: (line: Sentence) => void;
  readonly language: Language;
  /** Ctrl-C: what has been started is ended again. */
  readonly signal: AbortSignal;
}

/**
 * Brings up the containers of docker-compose.yml in the order of a local stack: back ends, then topics, schemas and
 * the first record of every partition, then the services. If anything fails, all of them are removed again; the
 * volumes, which are the data, stay.
 */
export async function startDocker(options: StartDockerOptions): Promise<StartedStack> {
  const { dataDir, time, partitions, language, signal, onProgress, isFresh } = options;
  await requireDocker(options, language);
  const before = readStackRecord(dataDir, 'docker');
  const record = await newRecord(options, before);
  const env = composeEnv(dataDir, record, options.env);
  const run: ComposeRun = { env, language, signal };
  // Written before anything starts, so that down finds it whatever happens to this process.
  writeStackRecord(dataDir, record);
  let stack: StackHandle | undefined;
  try {
    if (isFresh) await composeOrThrow(dataDir, [...DOWN, '--volumes'], run);
    if ((env['STRATA_IMAGE'] ?? '') === '') {
      onProgress(DOCKER_STEPS.build);
      await composeOrThrow(dataDir, ['build', '--quiet', ...SERVICES], run);
    }
    onProgress(DOCKER_STEPS.backends);
    await composeOrThrow(dataDir, [...UP, ...COMPOSE_BACKENDS], run);
    onProgress(DOCKER_STEPS.deploy);
    const addresses = addressesOf(record);
    await deployTopics(addresses, partitions);
    const sealingKey = sealingKeyText(dataDir);
    const settings = stackIdentity(dataDir, options.env);
    const identity = identityOf(settings);
    const parts = { time, partitions, addresses, sealingKey, identity };
    stack = await connectStack({ kind: 'docker', ...parts });
    await openPartitions(stack, time);
    saveStackIdentity(dataDir, settings);
    onProgress(DOCKER_STEPS.services);
    await composeOrThrow(dataDir, [...UP, ...SERVICES], run);
    const stop = (): Promise<void> => stopDocker(dataDir, { env, language });
    return { record, stack, backends: { stop } };
  } catch (fault) {
    await stack?.close();
    // Where that fails too, the first fault is what to tell, and the record is left for down.
    const { exitCode } = await compose(dataDir, DOWN, { env });
    if (exitCode === 0) restoreRecord(dataDir, before);
    throw fault;
  }
}

function restoreRecord(dataDir: string, before: StackRecord | null): void {
  if (before === null) removeStackRecord(dataDir, 'docker');
  else writeStackRecord(dataDir, before);
}

/** Removes the containers and their network; the volumes stay. */
export async function stopDocker(dataDir: string, run: ComposeRun): Promise<void> {
  await composeOrThrow(dataDir, DOWN, run);
}

/** On free ports, or, where some of its containers still run, on those they have. */
async function newRecord(
  options: StartDockerOptions,
  before: StackRecord | null,
): Promise<StackRecord> {
  const { dataDir, time, partitions, subscriptions, env } = options;
  const { state } = await dockerStatus(dataDir, { env });
  const common = { format: 1, kind: 'docker', time, partitions, subscriptions } as const;
  if (before !== null && state !== 'down') return { ...before, ...common };
  const redis = async (): Promise<string> => `redis://127.0.0.1:${await freePort()}`;
  return {
    ...common,
    addresses: {
      brokers: [`127.0.0.1:${await freePort()}`],
      registryUrl: `http://127.0.0.1:${await freePort()}/apis/ccompat/v7`,
      stateRedisUrl: await redis(),
      queueRedisUrl: await redis(),
    },
    consoleUrl: `http://127.0.0.1:${await freePort()}/`,
    intakeUrl: `http://127.0.0.1:${await freePort()}`,
    commandUrl: null,
  };
}

function addressesOf({ addresses }: StackRecord): NonNullable<StackRecord['addresses']> {
  if (addresses === null) throw new TypeError('a stack in containers has addresses');
  return addresses;
}
