import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { classArchive } from './class-archive.ts';
import { freePort } from './free-port.ts';
import { answersOk } from './raw-probe.ts';
import { waitUntilReady } from './spawn-process.ts';
import { StackFault } from './stack-fault.ts';
import { spawnInStack } from './stack-life.ts';

/** Its early end is noticed at once; a busy machine only takes its time. */
const START_TIMEOUT_MS = 300_000;
/** The first stop of a checkout dumps the class archive, which takes some seconds. */
const STOP_GRACE_MS = 25_000;

/** Starts the registry over the stack's data and resolves with its Confluent address once it is ready. */
export async function startRegistry(options: {
  dataDir: string;
  folder: string;
  java: string;
  env: NodeJS.ProcessEnv;
  port?: number | undefined;
}): Promise<string> {
  const { dataDir, folder, java, env } = options;
  const port = options.port ?? (await freePort());
  const data = join(dataDir, 'registry');
  const temporary = join(data, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const classes = classArchive({ folder, dataDir: data, java, env });
  const registry = await spawnInStack(dataDir, {
    name: 'registry',
    kind: 'backend',
    command: java,
    cwd: data,
    port,
    args: [
      '-Xmx96m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      ...classes.jvm,
      `-Djava.io.tmpdir=${temporary}`,
      '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
      '-jar',
      join(folder, runnerJar(folder)),
    ],
    env: { ...env, ...registryEnv(port, data) },
    log: join(dataDir, 'logs', 'registry.log'),
    graceMs: STOP_GRACE_MS,
    ...(classes.keepAtEnd === undefined ? {} : { keepAtEnd: classes.keepAtEnd }),
  });
  const origin = `http://127.0.0.1:${port}`;
  await waitUntilReady({
    process: registry,
    isReady: () => answersOk(`${origin}/health/ready`),
    timeoutMs: START_TIMEOUT_MS,
  });
  const url = `${origin}/apis/ccompat/v7`;
  await requireCompatibility(url);
  return url;
}

function registryEnv(port: number, data: string): NodeJS.ProcessEnv {
  return {
    QUARKUS_HTTP_HOST: '127.0.0.1',
    QUARKUS_HTTP_PORT: String(port),
    QUARKUS_LOG_LEVEL: 'WARN',
    QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
    APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(data, 'schemas')}`,
  };
}

function runnerJar(folder: string): string {
  const jar = readdirSync(folder).find((name) => name.endsWith('-runner.jar'));
  if (jar !== undefined) return jar;
  throw new StackFault('STRATA_STACK_FETCH_FAILED', {
    en: `${folder} holds no registry. Remove that folder and start again; it is fetched anew.`,
    zh: `${folder} 中没有注册表程序。请删除该目录后重新启动,程序会重新获取。`,
  });
}

/** Without a level of its own a subject must still refuse a schema that breaks a reader. */
async function requireCompatibility(url: string): Promise<void> {
  const response = await fetch(`${url}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: 'FULL_TRANSITIVE' }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.text();
  if (response.ok) return;
  throw new StackFault('STRATA_STACK_NOT_READY', {
    en: `The schema registry refused its compatibility rule (${response.status}: ${answer}). Run ./strata down, then start again.`,
    zh: `模式注册表拒绝了兼容性规则(${response.status}:${answer})。请执行 ./strata down 后重新启动。`,
  });
}
