import { MemoryStateStore } from '@strata/memory';
import type { PartitionCommit, StateStore } from '@strata/pipeline';
import { RedisStateStore } from '@strata/redis';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedisServer } from '../redis-server.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

/** Offsets are chosen relative to the store, so that all four outcomes come up often. */
type Step =
  | { readonly kind: 'acquire' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'trim'; readonly owner: number; readonly upTo: number }
  | {
      readonly kind: 'commit';
      readonly owner: number;
      readonly slip: number;
      readonly by: number;
      readonly states: [string, Uint8Array | null][];
      readonly pages: [string, Uint8Array | null][];
      readonly due: [string, number | null][];
      readonly fields: Record<string, Uint8Array>;
      readonly outputs: (Uint8Array | null)[];
    };

const id = fc.constantFrom('', 'a', 'b', 'é', '林', '🍵', 'a\0b', 'zz', 'Z', '10', '9');
const bytes = fc.uint8Array({ maxLength: 80 });
const byCustomer = { selector: ([customerId]: [string, unknown]) => customerId, maxLength: 8 };
const recently = fc.constantFrom(0, 0, 0, 0, 0, 1);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('acquire' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('trim' as const), owner: recently, upTo: fc.nat(12) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      owner: recently,
      slip: fc.constantFrom(0, 0, 0, 0, 0, 0, -1, 1),
      by: fc.integer({ min: 1, max: 3 }),
      states: fc.uniqueArray(fc.tuple(id, fc.option(bytes)), byCustomer),
      pages: fc.uniqueArray(fc.tuple(id, fc.option(bytes)), byCustomer),
      due: fc.uniqueArray(fc.tuple(id, fc.option(fc.integer({ min: -3, max: 9 }))), byCustomer),
      fields: fc.dictionary(fc.constantFrom('fold', 'hash'), bytes),
      outputs: fc.array(fc.option(bytes), { maxLength: 3 }),
    }),
  },
);

/** Replays a trace and notes every reply, with bytes made comparable. */
async function replay(store: StateStore, trace: readonly Step[]): Promise<unknown[]> {
  const owners: string[] = [];
  const notes: unknown[] = [];
  let last: PartitionCommit | null = null;
  let position = 0;
  for (const step of trace) {
    if (step.kind === 'acquire') owners.unshift((await store.acquire(0)).owner);
    if (step.kind === 'repeat' && last !== null) notes.push(await store.commit(last));
    if (step.kind === 'trim') {
      const owner = owners[step.owner] ?? '0:nobody';
      notes.push(await store.trimOutbox({ partition: 0, owner, upToPosition: step.upTo }));
    }
    if (step.kind === 'commit') {
      const { next } = await store.inspect(0);
      const expectedNext = Math.max(0, next + step.slip);
      const outbox = step.outputs.map((value, index) => ({
        position: position + 1 + index,
        topic: index === 0 ? 'strata.tiers.v1' : 'strata.tier-changes.v1',
        seq: position + 1 + index,
        key: value === null ? null : Uint8Array.of(index),
        value,
        headers: value === null ? {} : { ce_id: value },
      }));
      const { states, pages, due, fields, by } = step;
      const owner = owners[step.owner] ?? '0:nobody';
      last = {
        partition: 0,
        owner,
        expectedNext,
        next: expectedNext + by,
        states,
        pages,
        due,
        fields,
        outbox,
      };
      const outcome = await store.commit(last);
      if (outcome === 'ok') position += outbox.length;
      notes.push(outcome);
    }
    notes.push(await pictureOf(store));
  }
  return notes;
}

async function pictureOf(store: StateStore): Promise<unknown> {
  const { owner, ...shard } = await store.inspect(0);
  const customers: (readonly [string, Uint8Array])[] = [];
  for await (const batch of store.scan(0)) customers.push(...batch);
  return comparable({
    isOwned: owner !== null,
    shard,
    customers: customers.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    due: await store.dueCustomers({ partition: 0, upToMs: 5, limit: 4 }),
    earliest: await store.earliestDue(0),
    outbox: await store.outbox({ partition: 0, afterPosition: 2, limit: 3 }),
    loaded: await store.load(0, ['a', '林', 'nobody']),
    pages: await store.loadPages(0, ['', 'a', 'b', 'é', '林', '10', 'nobody']),
  });
}

function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, inner]) => [name, comparable(inner)]));
}

test('the same commands get the same replies from memory and from Redis', async () => {
  const outcomes = new Map<unknown, number>();
  let traces = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      traces += 1;
      const trace: Step[] = [{ kind: 'acquire' }, ...steps];
      const keyPrefix = `trace-${traces}`;
      const store = await RedisStateStore.connect({ url: server.url, keyPrefix });
      try {
        const replies = await replay(store, trace);
        expect(replies).toEqual(await replay(new MemoryStateStore(), trace));
        for (const reply of replies) {
          if (typeof reply === 'string') outcomes.set(reply, (outcomes.get(reply) ?? 0) + 1);
        }
      } finally {
        await store.close();
      }
    }),
    { numRuns: 300 },
  );
  // A trace test whose traces never meet a guard proves nothing of it.
  for (const outcome of ['ok', 'already', 'fenced', 'offset']) {
    expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(20);
  }
});
