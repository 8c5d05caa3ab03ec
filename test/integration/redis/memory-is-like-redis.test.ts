import { MemoryStateStore } from '@strata/memory';
import type { StateStore } from '@strata/pipeline';
import { RedisStateStore } from '@strata/redis';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';
import { Sightings, traceSettings } from '../trace-settings.ts';
import { StoreReplay, storeTrace, type TracedStore } from './store-trace.ts';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedisServer();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** Redis with the keys of one trace, dumped before each write. */
async function onRedis(keyPrefix: string): Promise<TracedStore> {
  const store = await RedisStateStore.connect({ url: server.url, keyPrefix });
  const dumps: ReadonlyMap<string, Buffer>[] = [];
  return {
    store,
    mark: async () => {
      const dump = new Map<string, Buffer>();
      for (const key of await redis.keys(`${keyPrefix}:*`)) {
        const bytes = await redis.dumpBuffer(key);
        if (bytes !== null) dump.set(key, bytes);
      }
      return dumps.push(dump) - 1;
    },
    rewind: async (mark) => {
      const keys = await redis.keys(`${keyPrefix}:*`);
      if (keys.length > 0) await redis.del(...keys);
      for (const [key, bytes] of dumps[mark] ?? []) await redis.restore(key, 0, bytes);
      dumps.length = mark;
    },
    // The random part tells a token from one that was handed out anew under the same counter.
    lost: (token) => token,
  };
}

/** Memory that is made anew from its first writes. */
function inMemory(): TracedStore {
  let writes: ((store: StateStore) => Promise<unknown>)[] = [];
  let inner = new MemoryStateStore();
  const marks: number[] = [];
  const written = async <T>(write: (store: StateStore) => Promise<T>): Promise<T> => {
    writes.push(write);
    return write(inner);
  };
  const store: StateStore = {
    acquire: (partition) => written((it) => it.acquire(partition)),
    commit: (commit) => written((it) => it.commit(commit)),
    amend: (amendment) => written((it) => it.amend(amendment)),
    beside: (name) => inner.beside(name),
    trimOutbox: (trim) => written((it) => it.trimOutbox(trim)),
    inspect: (partition) => inner.inspect(partition),
    holder: (partition) => inner.holder(partition),
    load: (partition, ids) => inner.load(partition, ids),
    loadPages: (partition, names) => inner.loadPages(partition, names),
    dueCustomers: (query) => inner.dueCustomers(query),
    earliestDue: (partition) => inner.earliestDue(partition),
    outbox: (query) => inner.outbox(query),
    scan: (partition) => inner.scan(partition),
    close: () => inner.close(),
  };
  return {
    store,
    mark: async () => marks.push(writes.length) - 1,
    rewind: async (mark) => {
      writes = writes.slice(0, marks[mark]);
      marks.length = mark;
      inner = new MemoryStateStore();
      for (const write of writes) await write(inner).catch(() => undefined);
    },
    lost: (token) => `${token} lost`,
  };
}

/** Each has a branch of its own in the scripts. */
const BRANCHES = [
  'ok',
  'already',
  'fenced',
  'offset',
  'crash',
  'true',
  'false',
  'rewound',
  'amended',
];

test('the same commands get the same replies from memory and from Redis', async () => {
  const seen = new Sightings();
  let traces = 0;
  await fc.assert(
    fc.asyncProperty(storeTrace, async (trace) => {
      traces += 1;
      const subject = await onRedis(`trace-${traces}`);
      try {
        const replies = await new StoreReplay(subject).run(trace);
        expect(replies).toEqual(await new StoreReplay(inMemory()).run(trace));
        for (const reply of replies) {
          if (typeof reply === 'string' || typeof reply === 'boolean') seen.note(String(reply));
        }
      } finally {
        await subject.store.close();
      }
    }),
    traceSettings(300),
  );
  seen.tell();
  // A trace test whose traces never meet a guard proves nothing of it.
  for (const branch of BRANCHES) expect(seen.of(branch), branch).toBeGreaterThan(traces / 15);
}, 300_000);
