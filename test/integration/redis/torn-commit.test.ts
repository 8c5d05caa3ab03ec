import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartitionCommit } from '@strata/pipeline';
import { RedisStateStore } from '@strata/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';

/**
 * An append-only file that ends in the middle of a script: the load that cuts it leaves the beginning of that script in
 * the file, and the load after that executes it before everything that was written since.
 */
let server: RedisServer;
beforeAll(async () => {
  // A write that waits for a slow disk would be lost whole by the kill.
  server = await startRedisServer(['--appendfsync', 'always']);
});
afterAll(async () => {
  await server.stop();
});

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const CUSTOMERS = ['c1', 'c2', 'c3'];

/** Folds `records` records, each of another customer, whose state says up to where it was folded. */
function aCommit(owner: string, from: number, records: number): PartitionCommit {
  const next = from + records;
  const offsets = Array.from({ length: records }, (_, index) => from + index);
  return {
    partition: 0,
    owner,
    expectedNext: from,
    next,
    fields: { ledger: bytesOf(String(next)) },
    states: offsets.map((offset) => [String(CUSTOMERS[offset % 3]), bytesOf(String(offset))]),
    pages: [],
    due: offsets.map((offset) => [String(CUSTOMERS[offset % 3]), offset]),
    outbox: offsets.map((offset) => ({
      position: offset + 1,
      topic: 'strata.tier-changes.v1',
      seq: offset + 1,
      key: null,
      value: bytesOf(String(offset)),
      headers: {},
    })),
  };
}

async function appendOnlyFile(): Promise<string> {
  const folder = join(server.folder, 'appendonlydir');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.incr.aof'));
  return join(folder, files.toSorted().at(-1) ?? '');
}

/** Where the commands of the last transaction begin, and where the file ends. */
function placesIn(file: Buffer): readonly number[] {
  const places = [file.lastIndexOf('MULTI')];
  for (let at = file.indexOf('\r\n*', places[0]); at > 0; at = file.indexOf('\r\n*', at + 1)) {
    places.push(at + 2);
  }
  return [...places, file.length];
}

async function again(): Promise<void> {
  await server.kill();
  await server.start();
}

test('wherever the file was cut in the last commit, the shard is whole or is emptied', async () => {
  const seen = { whole: 0, emptied: 0 };
  for (let cut = 0; ; cut += 1) {
    const keyPrefix = `torn-${cut}`;
    const settings = { url: server.url, keyPrefix };
    const before = await RedisStateStore.connect(settings);
    const { owner } = await before.acquire(0);
    await before.commit(aCommit(owner, 0, 2));
    await before.commit(aCommit(owner, 2, 3));
    await before.close();
    await server.kill();
    const path = await appendOnlyFile();
    const file = await readFile(path);
    const place = placesIn(file)[cut];
    // In the middle of the command that begins there, so that what stands before it is whole.
    if (place === undefined || place === file.length) break;
    await writeFile(path, file.subarray(0, place + 3));
    await server.start();

    // The first load is right in any case: nothing of the commit is there.
    const after = await RedisStateStore.connect(settings);
    const taken = await after.acquire(0);
    expect(taken).toMatchObject({ next: 2, wasPart: false, outboxDepth: 2 });
    // Somebody goes on, in other portions, and does not come as far as the commit that was cut.
    expect(await after.commit(aCommit(taken.owner, 2, 2))).toBe('ok');
    await after.close();
    await again();

    const store = await RedisStateStore.connect(settings);
    const holder = await store.holder(0);
    const outcome = await store.commit(aCommit(taken.owner, 4, 1));
    const found = await store.acquire(0);
    if (found.wasPart) {
      seen.emptied += 1;
      expect({ cut, holder, outcome }).toEqual({
        cut,
        holder: { owner: null, next: 4 },
        outcome: 'offset',
      });
      expect(found).toMatchObject({ next: 0, outboxDepth: 0, customerCount: 0, fields: {} });
    } else {
      seen.whole += 1;
      expect({ cut, outcome }).toEqual({ cut, outcome: 'ok' });
      const states = await store.load(0, CUSTOMERS);
      const plain = states.map((state) => state && new TextDecoder().decode(state));
      expect({ cut, plain }).toEqual({ cut, plain: ['3', '4', '2'] });
    }
    // From here on it is a shard like any other.
    const { next } = found.wasPart ? found : await store.inspect(0);
    expect(await store.commit(aCommit(found.owner, next, 3))).toBe('ok');
    await again();
    expect(await store.acquire(0)).toMatchObject({ next: next + 3, wasPart: false });
    await store.close();
  }
  // Also where nothing but the last word of the transaction was missing.
  expect(seen.emptied).toBeGreaterThanOrEqual(6);
}, 120_000);
