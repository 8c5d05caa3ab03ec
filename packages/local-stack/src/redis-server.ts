import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { answersPing } from './raw-probe.ts';
import { waitUntilReady } from './spawn-process.ts';
import { spawnInStack } from './stack-life.ts';

/** Loading a large append-only file takes its time; a broken one ends the process at once. */
const START_TIMEOUT_MS = 300_000;
const STOP_GRACE_MS = 15_000;

/** Starts one Redis over the stack's data and resolves with its address once it answers. */
export async function startRedis(options: {
  name: 'redis-state' | 'redis-queue';
  dataDir: string;
  command: string;
  env: NodeJS.ProcessEnv;
  port?: number | undefined;
}): Promise<string> {
  const { name, dataDir, command, env } = options;
  const port = options.port ?? (await freePort());
  const folder = join(dataDir, name);
  mkdirSync(folder, { recursive: true });
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    // The append-only file is the whole of the durability; snapshots would only add writes.
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    // State and jobs must never be dropped to make room: a full Redis refuses writes instead.
    'maxmemory-policy': 'noeviction',
  };
  const redis = await spawnInStack(dataDir, {
    name,
    kind: 'backend',
    command,
    cwd: folder,
    env,
    port,
    args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]),
    log: join(dataDir, 'logs', `${name}.log`),
    graceMs: STOP_GRACE_MS,
  });
  await waitUntilReady({
    process: redis,
    isReady: () => answersPing(port),
    timeoutMs: START_TIMEOUT_MS,
  });
  return `redis://127.0.0.1:${port}`;
}
