import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classArchive } from './class-archive.ts';
import { newClusterId } from './cluster-id.ts';
import { freePort } from './free-port.ts';
import { answersApiVersions } from './raw-probe.ts';
import { renderTemplate } from './render-template.ts';
import { runCommand } from './run-command.ts';
import { waitUntilReady } from './spawn-process.ts';
import { StackFault } from './stack-fault.ts';
import { spawnInStack } from './stack-life.ts';

/** Its early end is noticed at once; a busy machine only takes its time. */
const START_TIMEOUT_MS = 300_000;
/** The first stop of a checkout dumps the class archive, which takes some seconds. */
const STOP_GRACE_MS = 30_000;

/**
 * Starts the broker over the stack's data and resolves with its address once it answers. Clients are sent to
 * `advertisedPort`, where something that hands on to `port` has to stand.
 */
export async function startKafka(options: {
  root: string;
  dataDir: string;
  jars: string;
  java: string;
  env: NodeJS.ProcessEnv;
  port?: number | undefined;
  advertisedPort?: number | undefined;
}): Promise<string> {
  const { root, dataDir, jars, java, env } = options;
  const folder = join(dataDir, 'kafka');
  const logDir = join(folder, 'data');
  const settings = join(folder, 'server.properties');
  const port = options.port ?? (await freePort());
  const advertisedPort = options.advertisedPort ?? port;
  mkdirSync(folder, { recursive: true });
  const template = readFileSync(join(root, 'infra', 'kafka', 'server.properties'), 'utf8');
  const ports = { brokerPort: port, advertisedPort, controllerPort: await freePort() };
  writeFileSync(settings, renderTemplate(template, { ...ports, logDir }));

  const logging = join(root, 'infra', 'kafka', 'log4j2.properties');
  const jvm = [`-Dlog4j2.configurationFile=${logging}`, '-XX:+UseSerialGC', '-cp', `${jars}/*`];
  const classes = classArchive({ folder: jars, dataDir: folder, java, env });
  if (!existsSync(join(logDir, 'meta.properties'))) {
    // It reads the archive but leaves none: the broker's own is the larger one.
    const shared = classes.keepAtEnd === undefined ? classes.jvm : [];
    await format({ java, jvm: [...shared, ...jvm], settings, env });
  }
  const broker = await spawnInStack(dataDir, {
    name: 'kafka',
    kind: 'backend',
    command: java,
    cwd: folder,
    env,
    port,
    args: ['-Xmx1g', ...classes.jvm, ...jvm, 'kafka.Kafka', settings],
    log: join(dataDir, 'logs', 'kafka.log'),
    graceMs: STOP_GRACE_MS,
    ...(classes.keepAtEnd === undefined ? {} : { keepAtEnd: classes.keepAtEnd }),
  });
  await waitUntilReady({
    process: broker,
    isReady: () => answersApiVersions(port),
    timeoutMs: START_TIMEOUT_MS,
  });
  return `127.0.0.1:${advertisedPort}`;
}

/** Gives the empty data folder its cluster id; KRaft refuses to start without. */
async function format(options: {
  java: string;
  jvm: readonly string[];
  settings: string;
  env: NodeJS.ProcessEnv;
}): Promise<void> {
  const { java, jvm, settings, env } = options;
  const formatted = await runCommand(
    java,
    ['-Xmx256m', '-XX:TieredStopAtLevel=1', ...jvm, 'kafka.tools.StorageTool', 'format'].concat(
      ['-t', newClusterId()],
      ['-c', settings],
    ),
    env,
  );
  if (formatted.isOk) return;
  const tail = formatted.lastLines.map((line) => `    ${line}`).join('\n');
  throw new StackFault('STRATA_STACK_CHILD_ENDED', {
    en: `Kafka could not prepare its data folder:\n${tail}\nCheck the free space and rights of that folder, then start again.`,
    zh: `Kafka 无法准备数据目录:\n${tail}\n请检查该目录的剩余空间和权限后重新启动。`,
  });
}
