import type { LogFields, Logger, PartitionCommit } from '@strata/pipeline';
import { RedisStateStore } from '@strata/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type LossyProxy, startLossyProxy } from '../lossy-proxy.ts';
import { freePort, type RedisServer, startRedisServer } from '../redis-server.ts';

let server: RedisServer;
let proxy: LossyProxy;
let admin: Redis;
beforeAll(async () => {
  // A write that waits for a slow disk would be lost by a kill.
  server = await startRedisServer(['--appendfsync', 'always']);
  proxy = await startLossyProxy(server.port);
  admin = new Redis(server.url);
  admin.on('error', () => undefined);
});
afterAll(async () => {
  admin.disconnect();
  await proxy.close();
  await server.stop();
});

const quiet = () => undefined;
const bytes = new TextEncoder().encode('state');

/** Moves partition 0 from `from` to `from + 1`, with one customer and one output. */
function aCommit(owner: string, from: number): PartitionCommit {
  const topic = 'strata.tier-changes.v1';
  const position = from + 1;
  return {
    partition: 0,
    owner,
    expectedNext: from,
    next: from + 1,
    fields: { count: bytes },
    states: [[`c${from}`, bytes]],
    pages: [[`c${from}#0`, bytes]],
    due: [[`c${from}`, from]],
    outbox: [{ position, topic, seq: position, key: bytes, value: bytes, headers: {} }],
  };
}

/** How often Redis has executed scripts, by INFO: proves that a lost reply really was one. */
async function scriptCalls(): Promise<number> {
  const info = await admin.info('commandstats');
  const calls = [...info.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe('a lost reply', () => {
  async function throughProxy(keyPrefix: string, commandTimeoutMs: number) {
    const url = `redis://127.0.0.1:${proxy.port}`;
    const store = await RedisStateStore.connect({ url, keyPrefix, commandTimeoutMs });
    const { owner } = await store.acquire(0);
    return { store, owner };
  }

  test('the connection breaks: the commit sent again writes nothing twice', async () => {
    const { store, owner } = await throughProxy('broken', 5_000);
    expect(await store.commit(aCommit(owner, 0))).toBe('ok');
    const before = await scriptCalls();
    proxy.loseReplies();
    const committing = store.commit(aCommit(owner, 1));
    await proxy.breakAfterLostReply();
    expect(await committing).toBe('already');
    expect((await scriptCalls()) - before).toBeGreaterThanOrEqual(2);
    const shard = await store.inspect(0);
    expect(shard).toMatchObject({ next: 2, outboxDepth: 2, customerCount: 2 });
    await store.close();
  });

  test('no answer at all: the outcome is unknown, and the same commit again settles it', async () => {
    const { store, owner } = await throughProxy('unknown', 400);
    proxy.loseReplies();
    const commit = aCommit(owner, 0);
    await expect(store.commit(commit)).rejects.toMatchObject({
      code: 'STRATA_REDIS_OUTCOME_UNKNOWN',
      isRetryable: true,
    });
    await proxy.breakAfterLostReply();
    // On a machine so busy that this one times out too, the question behind it says ok.
    expect(['already', 'ok']).toContain(await store.commit(commit));
    expect(await store.inspect(0)).toMatchObject({ next: 1, outboxDepth: 1 });
    await store.close();
  });

  test('another owner came in between: the late commit is fenced', async () => {
    const { store, owner } = await throughProxy('taken', 5_000);
    const other = await RedisStateStore.connect({ url: server.url, keyPrefix: 'taken' });
    const newer = await other.acquire(0);
    proxy.loseReplies();
    const committing = store.commit(aCommit(owner, 0));
    await proxy.breakAfterLostReply();
    expect(await committing).toBe('fenced');
    expect(await other.commit(aCommit(newer.owner, 0))).toBe('ok');
    await store.close();
    await other.close();
  });
});

describe('a Redis that stalls', () => {
  test('a commit that was not executed in time is settled by what Redis holds then', async () => {
    const settings = { url: server.url, keyPrefix: 'stalled', commandTimeoutMs: 600 };
    const store = await RedisStateStore.connect(settings);
    const { owner } = await store.acquire(0);
    // Writes wait for longer than the timeout of the commit; the question is answered behind the commit, in time.
    await admin.client('PAUSE', 900, 'WRITE');
    const outcome = await store.commit(aCommit(owner, 0));
    expect(outcome).toBe('ok');
    expect(await store.inspect(0)).toMatchObject({ next: 1, outboxDepth: 1 });
    await store.close();
  });

  test('a commit that another owner overtook meanwhile is settled as fenced', async () => {
    const settings = { url: server.url, keyPrefix: 'stalled-taken', commandTimeoutMs: 600 };
    const store = await RedisStateStore.connect(settings);
    const other = await RedisStateStore.connect({ ...settings, commandTimeoutMs: 5_000 });
    const { owner } = await store.acquire(0);
    await admin.client('PAUSE', 900, 'WRITE');
    const taking = other.acquire(0);
    expect(await store.commit(aCommit(owner, 0))).toBe('fenced');
    expect((await store.inspect(0)).owner).toBe((await taking).owner);
    await Promise.all([store.close(), other.close()]);
  });
});

describe('a killed Redis', () => {
  test('keeps what was committed and the owner goes on', async () => {
    const store = await RedisStateStore.connect({ url: server.url, keyPrefix: 'killed' });
    const { owner } = await store.acquire(0);
    for (let from = 0; from < 20; from += 1) await store.commit(aCommit(owner, from));
    await server.kill();
    const failing = store.commit(aCommit(owner, 20)).catch((error: unknown) => error);
    expect(await failing).toMatchObject({ code: 'STRATA_REDIS_OUTCOME_UNKNOWN' });
    await server.start();
    await vi.waitFor(() => store.inspect(0), { timeout: 20_000 });
    const shard = await store.inspect(0);
    expect(shard).toMatchObject({ owner, next: 20, outboxDepth: 20, customerCount: 20 });
    expect(await store.commit(aCommit(owner, 20))).toBe('ok');
    await store.close();
  });

  test('an emptied Redis fences the owner, and a new one starts at zero', async () => {
    const store = await RedisStateStore.connect({ url: server.url, keyPrefix: 'emptied' });
    const { owner } = await store.acquire(0);
    await store.commit(aCommit(owner, 0));
    await admin.flushall();
    expect(await store.commit(aCommit(owner, 1))).toBe('fenced');
    const anew = await store.acquire(0);
    expect(anew).toMatchObject({ next: 0, outboxDepth: 0, fields: {} });
    // The counter went back too: only the random part tells the two owners apart.
    expect(anew.owner.split(':')[0]).toBe(owner.split(':')[0]);
    expect(anew.owner).not.toBe(owner);
    expect(await store.commit(aCommit(owner, 0))).toBe('fenced');
    await store.close();
  });

  test('a Redis that went back in time answers offset', async () => {
    const store = await RedisStateStore.connect({ url: server.url, keyPrefix: 'back' });
    const { owner } = await store.acquire(0);
    await store.commit(aCommit(owner, 0));
    const keys = ['m', 'c', 'due', 'out'].map((part) => `back:{0}:${part}`);
    const dumps = await Promise.all(keys.map((key) => admin.dumpBuffer(key)));
    await store.commit(aCommit(owner, 1));
    for (const [index, key] of keys.entries()) {
      await admin.restore(key, 0, dumps[index] ?? '', 'REPLACE');
    }
    expect(await store.commit(aCommit(owner, 2))).toBe('offset');
    expect(await store.commit(aCommit(owner, 1))).toBe('ok');
    await store.close();
  });
});

test('a flushed script cache is refilled without a word', async () => {
  const store = await RedisStateStore.connect({ url: server.url, keyPrefix: 'flushed' });
  const { owner } = await store.acquire(0);
  expect(await store.commit(aCommit(owner, 0))).toBe('ok');
  await admin.script('FLUSH');
  expect(await store.commit(aCommit(owner, 1))).toBe('ok');
  await admin.script('FLUSH');
  expect(await store.trimOutbox({ partition: 0, owner, upToPosition: 1 })).toBe(true);
  expect(await store.inspect(0)).toMatchObject({ next: 2, outboxDepth: 1 });
  await store.close();
});

test('a Redis without memory refuses the whole commit', async () => {
  const store = await RedisStateStore.connect({ url: server.url, keyPrefix: 'full' });
  const { owner } = await store.acquire(0);
  await store.commit(aCommit(owner, 0));
  await admin.config('SET', 'maxmemory', '1mb');
  const removing: PartitionCommit = { ...aCommit(owner, 1), states: [['c0', null]] };
  try {
    await expect(store.commit(removing)).rejects.toMatchObject({
      code: 'STRATA_REDIS_OUT_OF_MEMORY',
      isRetryable: true,
    });
  } finally {
    await admin.config('SET', 'maxmemory', '0');
  }
  expect(await store.inspect(0)).toMatchObject({ next: 1, outboxDepth: 1, customerCount: 1 });
  expect(await store.commit(removing)).toBe('ok');
  await store.close();
});

test('the keys are those of the reference, all under the tag of their partition', async () => {
  const store = await RedisStateStore.connect({ url: server.url });
  const { owner } = await store.acquire(7);
  await store.commit({ ...aCommit(owner, 0), partition: 7 });
  const keys = (await admin.keys('strata:*')).toSorted();
  expect(keys).toEqual(['c', 'due', 'm', 'out', 'pg'].map((part) => `strata:{7}:${part}`));
  expect((await admin.hkeys('strata:{7}:m')).toSorted()).toEqual([
    'begun',
    'counter',
    'ended',
    'f:count',
    'next',
    'owner',
    'position',
  ]);
  expect(await admin.xrange('strata:{7}:out', '-', '+')).toMatchObject([
    ['1-0', expect.anything()],
  ]);
  await store.close();
});

describe('connecting', () => {
  function warningsInto(warnings: LogFields[]): Logger {
    const warn = (fields: LogFields) => warnings.push(fields);
    return { debug: quiet, info: quiet, error: quiet, warn };
  }

  test('warns of eviction and of a missing append-only file', async () => {
    const careless = await startRedisServer([
      '--appendonly',
      'no',
      '--maxmemory-policy',
      'allkeys-lru',
    ]);
    onTestFinished(() => careless.stop());
    const warnings: LogFields[] = [];
    const settings = { url: careless.url, logger: warningsInto(warnings) };
    const store = await RedisStateStore.connect(settings);
    expect(warnings).toEqual([
      { setting: 'maxmemory-policy', value: 'allkeys-lru' },
      { setting: 'appendonly', value: 'no' },
    ]);
    await store.close();
  });

  test('says nothing of a safe server', async () => {
    const warnings: LogFields[] = [];
    const settings = { url: server.url, logger: warningsInto(warnings) };
    const store = await RedisStateStore.connect(settings);
    expect(warnings).toEqual([]);
    await store.close();
  });

  test('a server that is not there is a retryable fault', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    await expect(RedisStateStore.connect({ url })).rejects.toMatchObject({
      code: 'STRATA_REDIS_UNREACHABLE',
      isRetryable: true,
    });
  });

  test('a wrong password is refused for good', async () => {
    const locked = await startRedisServer(['--user', 'strata', 'on', '>right', '~*', '+@all']);
    onTestFinished(() => locked.stop());
    const url = locked.url.replace('redis://', 'redis://strata:wrong@');
    await expect(RedisStateStore.connect({ url })).rejects.toMatchObject({
      code: 'STRATA_REDIS_REFUSED',
      isRetryable: false,
    });
  });
});
