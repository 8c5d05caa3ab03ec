import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Sentence } from './stack-fault.ts';

/** What the back ends need of the machine. `installable`: `startBackends` installs it itself. */
export type Prerequisite =
  | { readonly state: 'ok'; readonly path: string }
  | { readonly state: 'installable'; readonly how: Sentence }
  | { readonly state: 'missing'; readonly how: Sentence };

export interface Prerequisites {
  readonly java: Prerequisite;
  readonly maven: Prerequisite;
  readonly redis: Prerequisite;
}

const MIN_JAVA = 17;

/** Looks at the machine; starts nothing and asks no network. */
export function prerequisites(env: NodeJS.ProcessEnv = process.env): Prerequisites {
  return { java: findJava(env), maven: findMaven(env), redis: findRedis(env) };
}

/** The major version in the first line of `java -version`; null where it names none. */
export function parseJavaMajor(versionText: string): number | null {
  const version = /version "(?:1\.)?(\d+)/.exec(versionText)?.[1];
  return version === undefined ? null : Number(version);
}

function findJava(env: NodeJS.ProcessEnv): Prerequisite {
  const home = env['JAVA_HOME'];
  const ofHome = home === undefined ? null : executable(join(home, 'bin', 'java'));
  const path = ofHome ?? findOnPath('java', env);
  if (path !== null) {
    const major = parseJavaMajor(javaVersionText(path, env));
    if (major !== null && major >= MIN_JAVA) return { state: 'ok', path };
  }
  return {
    state: 'missing',
    how: {
      en: `Java ${MIN_JAVA} or later is missing: install it (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME.`,
      zh: `缺少 Java ${MIN_JAVA} 或更高版本:请安装(Debian:apt-get install openjdk-17-jre-headless)或设置 JAVA_HOME。`,
    },
  };
}

function findMaven(env: NodeJS.ProcessEnv): Prerequisite {
  const path = findOnPath('mvn', env);
  if (path !== null) return { state: 'ok', path };
  return {
    state: 'missing',
    how: {
      en: 'Maven is missing: install it (Debian: apt-get install maven) so that mvn is on PATH.',
      zh: '缺少 Maven:请安装(Debian:apt-get install maven),使 mvn 位于 PATH 中。',
    },
  };
}

function findRedis(env: NodeJS.ProcessEnv): Prerequisite {
  const path = findOnPath('redis-server', env);
  if (path !== null) return { state: 'ok', path };
  const canInstall =
    process.getuid?.() === 0 &&
    existsSync('/etc/debian_version') &&
    findOnPath('apt-get', env) !== null;
  if (canInstall) {
    return {
      state: 'installable',
      how: {
        en: 'redis-server is missing: Debian’s package redis-server will be installed.',
        zh: '缺少 redis-server:将安装 Debian 软件包 redis-server。',
      },
    };
  }
  return {
    state: 'missing',
    how: {
      en: 'redis-server is missing: install Redis 7 or Valkey (Debian: apt-get install redis-server; macOS: brew install redis) so that redis-server is on PATH.',
      zh: '缺少 redis-server:请安装 Redis 7 或 Valkey(Debian:apt-get install redis-server;macOS:brew install redis),使 redis-server 位于 PATH 中。',
    },
  };
}

/** What `java -version` says, which it says on standard error. */
export function javaVersionText(java: string, env: NodeJS.ProcessEnv): string {
  try {
    return execFileSync('/bin/sh', ['-c', '"$1" -version 2>&1', 'sh', java], {
      encoding: 'utf8',
      env,
    });
  } catch {
    return '';
  }
}

/** The first executable of that name on PATH. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | null {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const found = folder === '' ? null : executable(join(folder, name));
    if (found !== null) return found;
  }
  return null;
}

function executable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return null;
  }
}
