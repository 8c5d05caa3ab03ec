import type { CustomerState } from '@strata/domain';
import { aPurchase, day, TestPartition } from '@strata/domain/builders';
import { RedisStateStore } from '@strata/redis';
import { type Kept, readWhole } from '@strata/shard-state';
import { encodeCustomer, packCustomer, pageChanges } from '@strata/state-codec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';

const PARTITION = 0;
const CUSTOMERS = 5_000;
const PER_COMMIT = 100;
const COMMITS = 400;
const AHEAD = 400;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

/** Of a customer who was named so often; from 65 orders on some of them lie in pages. */
const states: readonly CustomerState[] = (() => {
  const shop = new TestPartition();
  return Array.from({ length: 90 }, (_, n) => {
    shop.events(aPurchase(day(0) + n * 1_000));
    return shop.customers.get('c1') as CustomerState;
  });
})();
const stateOf = (times: number): CustomerState => states[(times * 13) % 90] as CustomerState;
const idOf = (offset: number): string => `c${(offset * 7_919) % CUSTOMERS}`;

/** Everybody after the records before `next`, each of which names one. */
function timesBefore(next: number): Map<string, number> {
  const times = new Map<string, number>();
  for (let offset = 0; offset < next; offset++) {
    const id = idOf(offset);
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  return times;
}

async function write(store: RedisStateStore, commits: number): Promise<void> {
  const { owner, next: begun } = await store.acquire(PARTITION);
  const times = timesBefore(begun);
  for (let n = 0; n < commits; n++) {
    const from = begun + n * PER_COMMIT;
    const named = Array.from({ length: PER_COMMIT }, (_, i) => idOf(from + i));
    const changed = [...new Set(named)].map((id) => {
      const count = times.get(id) ?? 0;
      const after = count + named.filter((it) => it === id).length;
      times.set(id, after);
      return { id, before: count === 0 ? undefined : stateOf(count), after: stateOf(after) };
    });
    const outcome = await store.commit({
      partition: PARTITION,
      owner,
      expectedNext: from,
      next: from + PER_COMMIT,
      fields: {},
      states: changed.map(({ id, after }) => [id, packCustomer(after).value]),
      pages: changed.flatMap(({ id, before, after }) => pageChanges(id, before, after)),
      due: [],
      outbox: [],
    });
    expect(outcome).toBe('ok');
  }
}

class KeptInMemory extends Map<string, CustomerState> implements Kept {
  put(customerId: string, state: CustomerState | null): void {
    if (state === null) this.delete(customerId);
    else this.set(customerId, state);
  }
}

test('a partition is read as of one commit while another connection commits on', async () => {
  const [writer, reader] = await Promise.all(
    [1, 2].map(() => RedisStateStore.connect({ url: server.url })),
  );
  if (writer === undefined || reader === undefined) throw new Error('two connections were opened');
  await write(writer, 60);
  const { next: before } = await reader.inspect(PARTITION);
  const kept = new KeptInMemory();
  const [view] = await Promise.all([
    readWhole({
      store: reader,
      partition: PARTITION,
      kept,
      // The log is far ahead, as that of a scorer that has to catch up.
      namedFrom: async ({ from, atLeast }) => {
        const upTo = atLeast + AHEAD;
        const ids = Array.from({ length: upTo - from }, (_, i) => idOf(from + i));
        return { customerIds: new Set(ids), upTo };
      },
      signal: new AbortController().signal,
      onCustomers: () => {},
    }),
    write(writer, COMMITS),
  ]);
  if (view === null) throw new Error('the partition was not read');
  // Otherwise nothing was shown: commits have to lie between the first customer and the last, and go on after it.
  expect(view.next).toBeGreaterThan(before);
  expect(view.next).toBeLessThan((await reader.inspect(PARTITION)).next);
  const times = timesBefore(view.next);
  expect(kept.size).toBe(times.size);
  for (const [id, count] of times) {
    const found = kept.get(id);
    expect(found && encodeCustomer(found), id).toEqual(encodeCustomer(stateOf(count)));
  }
  await Promise.all([writer.close(), reader.close()]);
});
