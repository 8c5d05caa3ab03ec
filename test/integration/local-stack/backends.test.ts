import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Backends, isAlive, stackStatus, startBackends } from '@strata/local-stack';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const schema = { type: 'record', name: 'Toy', fields: [{ name: 'id', type: 'string' }] };

async function topicNames(backends: Backends): Promise<string[]> {
  const admin = admins(backends);
  await admin.connect();
  try {
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

function admins(backends: Backends): ReturnType<Kafka['admin']> {
  const brokers = [...backends.brokers];
  return new Kafka({ clientId: 'local-stack', brokers, logLevel: logLevel.NOTHING }).admin();
}

async function useAll(backends: Backends): Promise<void> {
  const admin = admins(backends);
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'toy', numPartitions: 2 }], waitForLeaders: true });
  await admin.disconnect();
  const registered = await fetch(`${backends.registryUrl}/subjects/toy-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  expect(registered.status).toBe(200);
  for (const url of [backends.stateRedisUrl, backends.queueRedisUrl]) {
    const redis = new Redis(url);
    await redis.set('where', url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  }
}

async function redisValue(url: string): Promise<string | null> {
  const redis = new Redis(url);
  try {
    return await redis.get('where');
  } finally {
    redis.disconnect();
  }
}

describe('the back ends of a local stack', () => {
  let dataDir: string;
  let first: Backends;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'strata-backends-'));
    first = await startBackends({ root, dataDir });
  });
  afterAll(async () => {
    await first.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('runs four processes, each on a port of its own', () => {
    const { state, rows } = stackStatus(dataDir);
    expect(state).toBe('up');
    expect(rows.map((row) => row.name).toSorted()).toEqual([
      'kafka',
      'redis-queue',
      'redis-state',
      'registry',
    ]);
    expect(new Set(rows.map((row) => row.port)).size).toBe(4);
  });

  it('refuses a schema that would break a reader', async () => {
    const config = await fetch(`${first.registryUrl}/config`);
    expect(await config.json()).toMatchObject({ compatibilityLevel: 'FULL_TRANSITIVE' });
  });

  it('finds its data again after it was stopped, and leaves no process', async () => {
    await useAll(first);
    const stateUrl = first.stateRedisUrl;
    const processes = first.processes;
    await first.stop();
    expect(processes).toHaveLength(4);
    expect(processes.filter((each) => isAlive(each))).toEqual([]);
    first = await startBackends({ root, dataDir });
    expect(await topicNames(first)).toContain('toy');
    const subjects = await fetch(`${first.registryUrl}/subjects`);
    expect(await subjects.json()).toEqual(['toy-value']);
    expect(await redisValue(first.stateRedisUrl)).toBe(stateUrl);
  });

  it('stands beside another one, and ends with an owner that is killed', async () => {
    const other = mkdtempSync(join(tmpdir(), 'strata-owned-'));
    const owner = startOwner(other);
    try {
      await firstLine(owner);
      const { rows, file } = stackStatus(other);
      expect(rows.map((row) => row.isUp)).toEqual([true, true, true, true]);
      owner.kill('SIGKILL');
      await once(owner, 'exit');
      await expect
        .poll(() => file?.processes.filter((each) => isAlive(each)), { timeout: 40_000 })
        .toEqual([]);
      expect(stackStatus(dataDir).state).toBe('up');
    } finally {
      owner.kill('SIGKILL');
      rmSync(other, { recursive: true, force: true });
    }
  });
});

/** A process of its own that starts a stack and then waits for ever. */
function startOwner(dataDir: string): ChildProcess {
  const script = `
    import { startBackends } from '@strata/local-stack';
    await startBackends(${JSON.stringify({ root, dataDir })});
    console.log('up');
    setInterval(() => undefined, 1000);`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The owner has no standard output.');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('The owner ended before its stack was up.');
}
