import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { CliFault } from '../cli-fault.ts';
import type { Language } from '../language.ts';
import { ensureApiKeys } from './api-keys.ts';
import { dockerTexts } from './docker-texts.ts';
import { ensureIntakeKeys } from './intake-keys.ts';
import { type DockerResult, type DockerRun, runDocker } from './run-docker.ts';
import { stackIdentity } from './stack-identity.ts';
import { ROOT, sealingKeyText } from './stack-paths.ts';
import type { StackRecord } from './stack-record.ts';

const COMPOSE_FILE = join(ROOT, 'docker-compose.yml');
const LOGS = ['logs', '--no-color', '--no-log-prefix', '--tail', '10'];
/** Of a container that is as it should be. */
const IS_WELL = /^ ?(Container|Network|Volume) \S+ +\w+$/;

/** The Compose project of a data folder: two checkouts, or two folders, never share containers or volumes. */
export function projectName(dataDir: string): string {
  return `strata-${createHash('sha256').update(dataDir).digest('hex').slice(0, 10)}`;
}

/** Runs `docker compose` on the project of the data folder; a failure is a result. */
export function compose(
  dataDir: string,
  args: readonly string[],
  run: DockerRun,
): Promise<DockerResult> {
  const name = projectName(dataDir);
  const named = ['compose', '--project-name', name, '--file', COMPOSE_FILE, ...args];
  return runDocker(named, { ...run, env: { ...run.env, STRATA_STACK: name } });
}

export interface ComposeRun extends DockerRun {
  readonly language: Language;
}

/** As `compose`, but a failure throws with what docker said and the last words of what is not well. */
export async function composeOrThrow(
  dataDir: string,
  args: readonly string[],
  run: ComposeRun,
): Promise<string> {
  const { exitCode, stdout, stderr } = await compose(dataDir, args, run);
  if (exitCode === 0) return stdout;
  const texts = dockerTexts(run.language);
  const lines = stderr.trimEnd().split('\n');
  const said = lines.filter((line) => !IS_WELL.test(line.trimEnd())).slice(-5);
  for (const service of unwellIn(stderr, projectName(dataDir))) {
    const log = await compose(dataDir, [...LOGS, service], run);
    said.push(texts.logOf(service), stripVTControlCharacters(log.stdout).trim());
  }
  if (/\bpull|\bno such image/i.test(stderr)) said.push(texts.imageMissing);
  throw new CliFault('STRATA_CLI_DOCKER_FAILED', texts.failed(args[0] ?? '', said.join('\n')));
}

/** Compose names the container that is unhealthy or has ended, as `project-service-1`. */
function unwellIn(stderr: string, project: string): ReadonlySet<string> {
  const named = stderr.matchAll(/(?:container|dependency) (\S+)-\d+ (?:is unhealthy|exited)/g);
  const names = [...named].flatMap(([, name = '']) =>
    name.startsWith(`${project}-`) ? [name.slice(project.length + 1)] : [],
  );
  return new Set(names);
}

/** The variables that docker-compose.yml reads, for the addresses of a record. */
export function composeEnv(
  dataDir: string,
  record: StackRecord,
  env: DockerRun['env'],
): DockerRun['env'] {
  const { addresses, consoleUrl, intakeUrl, subscriptions, time } = record;
  const identity = stackIdentity(dataDir, env);
  const portOf = (url: string | null | undefined): string => new URL(url ?? 'tcp://:0').port;
  return {
    ...env,
    STRATA_KAFKA_PORT: portOf(`tcp://${addresses?.brokers[0]}`),
    STRATA_REGISTRY_PORT: portOf(addresses?.registryUrl),
    STRATA_STATE_REDIS_PORT: portOf(addresses?.stateRedisUrl),
    STRATA_QUEUE_REDIS_PORT: portOf(addresses?.queueRedisUrl),
    STRATA_CONSOLE_PORT: portOf(consoleUrl),
    STRATA_INTAKE_PORT: portOf(intakeUrl),
    STRATA_API_KEYS_FILE: ensureApiKeys(dataDir).keysFile,
    STRATA_INTAKE_KEYS_FILE: ensureIntakeKeys(dataDir).keysFile,
    STRATA_SEALING_KEY: sealingKeyText(dataDir),
    ...identity,
    STRATA_CONSOLE_PSEUDONYM_KEY: identity.STRATA_INGESTOR_PSEUDONYM_KEY,
    STRATA_TIME_MODE: time,
    STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES: 'true',
    STRATA_SUBSCRIPTIONS_FILE: fileOrNone(subscriptions),
    // The build of the services' image asks the user's own mirrors, by the user's certificates.
    STRATA_NPMRC_FILE: fileOrNone(env['STRATA_NPMRC_FILE'] ?? join(homedir(), '.npmrc')),
    STRATA_CERTIFICATES_FILE: fileOrNone(
      env['STRATA_CERTIFICATES_FILE'] ?? env['NODE_EXTRA_CA_CERTS'] ?? null,
    ),
  };
}

function fileOrNone(path: string | null): string | undefined {
  return path !== null && existsSync(path) ? path : undefined;
}
