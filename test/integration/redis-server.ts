import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A private Redis process with its own data folder, for one test file. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Where its data lies. */
  readonly folder: string;
  /** Dies without a word, as by `kill -9`. */
  kill(): Promise<void>;
  /** Starts again on the same port with the same data. */
  start(): Promise<void>;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** Starts `redis-server` from PATH with the settings the state store asks for. */
export async function startRedisServer(
  extraArguments: readonly string[] = [],
): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'strata-redis-'));
  let running: ChildProcess | null = null;
  // A test run that ends early leaves no server behind.
  process.once('exit', () => running?.kill('SIGKILL'));

  async function start(): Promise<void> {
    const server = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const safety = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'];
    running = spawn('redis-server', [...server, ...safety, ...extraArguments], { stdio: 'ignore' });
    running.on('error', () => undefined);
    await untilAnswering(port, running);
  }

  async function kill(): Promise<void> {
    if (running === null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
    running = null;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    start,
    kill,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function untilAnswering(port: number, server: ChildProcess): Promise<void> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    maxRetriesPerRequest: null,
    retryStrategy: () => 20,
  });
  redis.on('error', () => undefined);
  const exited = once(server, 'exit').then(() => {
    throw new Error('redis-server ended at once. Is redis-server on PATH?');
  });
  try {
    await Promise.race([redis.ping(), exited]);
  } finally {
    exited.catch(() => undefined);
    redis.disconnect();
  }
}
