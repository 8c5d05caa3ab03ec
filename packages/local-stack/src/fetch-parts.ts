import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findOnPath } from './prerequisites.ts';
import { runCommand } from './run-command.ts';
import { type Sentence, StackFault } from './stack-fault.ts';
import {
  KAFKA_VERSION,
  MAVEN_DEPENDENCY_PLUGIN,
  REGISTRY_ARCHIVE_SHA256,
  REGISTRY_VERSION,
} from './versions.ts';

/** What every fetch needs: the checkout, the tools found, and who to tell. */
export interface FetchContext {
  readonly root: string;
  readonly maven: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (line: Sentence) => void;
}

const KAFKA_JARS = `org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`;
const REGISTRY_ARCHIVE = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`;

/** The folder of the broker's jars, fetched once per checkout. */
export async function kafkaJars(context: FetchContext): Promise<string> {
  const folder = join(context.root, '.cache', 'kafka', KAFKA_VERSION);
  if (existsSync(folder)) return folder;
  context.onProgress({
    en: `Fetching Kafka ${KAFKA_VERSION} (${KAFKA_JARS} and what it needs, 45 MB) by Maven`,
    zh: `正在通过 Maven 获取 Kafka ${KAFKA_VERSION}(${KAFKA_JARS} 及其依赖,45 MB)`,
  });
  await intoPlace(folder, async (draft) => {
    await maven(context, KAFKA_JARS, [
      '-f',
      join(context.root, 'infra', 'kafka', 'pom.xml'),
      `${MAVEN_DEPENDENCY_PLUGIN}:copy-dependencies`,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    ]);
  });
  return folder;
}

/** The folder of the unpacked registry, fetched and checked once per checkout. */
export async function registryFolder(context: FetchContext): Promise<string> {
  const folder = join(context.root, '.cache', 'registry', REGISTRY_VERSION);
  if (existsSync(folder)) return folder;
  context.onProgress({
    en: `Fetching Apicurio Registry ${REGISTRY_VERSION} (${REGISTRY_ARCHIVE}, 109 MB) by Maven`,
    zh: `正在通过 Maven 获取 Apicurio Registry ${REGISTRY_VERSION}(${REGISTRY_ARCHIVE},109 MB)`,
  });
  await intoPlace(folder, async (draft) => {
    const archive = `${draft}.tar.gz`;
    try {
      await maven(context, REGISTRY_ARCHIVE, [
        `${MAVEN_DEPENDENCY_PLUGIN}:get`,
        '-Dtransitive=false',
        `-Dartifact=${REGISTRY_ARCHIVE}`,
        `-Ddest=${archive}`,
      ]);
      await checkArchive(archive);
      const unpacked = await runCommand('tar', ['xzf', archive, '-C', draft], context.env);
      if (!unpacked.isOk) throw fetchFailed(REGISTRY_ARCHIVE, unpacked.lastLines);
    } finally {
      rmSync(archive, { force: true });
    }
  });
  return folder;
}

/** Installs Debian's Redis and leaves its service unstarted. */
export async function installRedis(context: FetchContext): Promise<string> {
  context.onProgress({
    en: 'Installing Debian’s package redis-server (its own service is not started)',
    zh: '正在安装 Debian 软件包 redis-server(不启动其自带服务)',
  });
  // Debian asks policy-rc.d before it starts a service; one that is there already is left alone.
  const script = [
    'set -e; policy=/usr/sbin/policy-rc.d',
    'if [ ! -e "$policy" ]; then',
    '  printf "#!/bin/sh\\nexit 101\\n" > "$policy"; chmod 755 "$policy"',
    '  trap \'rm -f "$policy"\' EXIT',
    'fi',
    'apt-get install -y -qq --no-install-recommends redis-server ||',
    '  { apt-get update -qq; apt-get install -y -qq --no-install-recommends redis-server; }',
  ].join('\n');
  const env = { ...context.env, DEBIAN_FRONTEND: 'noninteractive' };
  const installed = await runCommand('/bin/sh', ['-c', script], env);
  const path = findOnPath('redis-server', context.env);
  if (!installed.isOk || path === null) throw fetchFailed('redis-server', installed.lastLines);
  return path;
}

/** Fills a draft folder and gives it its name only when it is whole; another process may be first. */
async function intoPlace(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    await fill(draft);
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function maven(
  context: FetchContext,
  artifact: string,
  args: readonly string[],
): Promise<void> {
  const ended = await runCommand(context.maven, ['-q', '-B', ...args], context.env);
  if (!ended.isOk) throw fetchFailed(artifact, ended.lastLines);
}

async function checkArchive(archive: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(archive), hash);
  const found = hash.digest('hex');
  if (found === REGISTRY_ARCHIVE_SHA256) return;
  throw fetchFailed(REGISTRY_ARCHIVE, [
    `sha256 is ${found}, expected ${REGISTRY_ARCHIVE_SHA256}; the repository served another file.`,
  ]);
}

function fetchFailed(what: string, lastLines: readonly string[]): StackFault {
  const tail = lastLines.map((line) => `    ${line}`).join('\n');
  return new StackFault('STRATA_STACK_FETCH_FAILED', {
    en: `${what} could not be fetched:\n${tail}\nCheck the network, or the mirror in your Maven or apt settings, then run the command again; --stack embedded needs none of it.`,
    zh: `无法获取 ${what}:\n${tail}\n请检查网络或 Maven / apt 设置中的镜像后重试;--stack embedded 不需要它。`,
  });
}
