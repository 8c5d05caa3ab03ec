import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { type CustomerMark, InMemorySeenStore, type SeenStore } from './seen-store.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const [UPSERT = '', MOVE_MARK = ''] = [...README.matchAll(/```sql\n([\s\S]+?)```/g)].map(
  ([, sql = '']) => sql,
);

/** What the README tells to do: the mark moves first, effect and mark are one transaction. */
class SqlSeenStore implements SeenStore<DatabaseSync> {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec('CREATE TABLE seen (customer_id TEXT PRIMARY KEY, customer_seq INTEGER)');
  }

  async takeIfNewer(
    { customerId, customerSeq }: CustomerMark,
    effect: (tx: DatabaseSync) => Promise<void> | void,
  ) {
    const database = this.#database;
    database.exec('BEGIN IMMEDIATE');
    try {
      database.prepare('INSERT OR IGNORE INTO seen VALUES (?, 0)').run(customerId);
      const { changes } = database.prepare(MOVE_MARK).run({ customerId, customerSeq });
      if (changes === 1) await effect(database);
      database.exec('COMMIT');
      return changes === 1 ? 'taken' : 'not-newer';
    } catch (fault) {
      database.exec('ROLLBACK');
      throw fault;
    }
  }
}

const mark = (customerSeq: number, customerId = 'c1'): CustomerMark => ({
  customerId,
  customerSeq,
});

describe.each<{ name: string; open: () => SeenStore | SeenStore<DatabaseSync> }>([
  { name: 'in memory', open: () => new InMemorySeenStore() },
  { name: 'by SQL', open: () => new SqlSeenStore(new DatabaseSync(':memory:')) },
])('a seen store $name', ({ open }) => {
  test('takes what is newer, and nothing else', async () => {
    const store = open();
    const effects: number[] = [];
    const taken = [];
    for (const seq of [2, 1, 2, 5, 4, 6]) {
      taken.push(await store.takeIfNewer(mark(seq), () => void effects.push(seq)));
    }
    expect(effects).toEqual([2, 5, 6]);
    expect(taken).toEqual(['taken', 'not-newer', 'not-newer', 'taken', 'not-newer', 'taken']);
  });

  test('customers do not know of each other, and ids are compared byte by byte', async () => {
    const store = open();
    for (const id of ['k1', 'K1', 'é', 'e\u0301']) {
      expect(await store.takeIfNewer(mark(1, id), () => {})).toBe('taken');
    }
  });

  test('a failing effect leaves the mark, and the next try counts', async () => {
    const store = open();
    const failing = store.takeIfNewer(mark(1), () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await store.takeIfNewer(mark(1), () => {})).toBe('taken');
  });
});

test('in memory, an older one that comes while a newer is at work has to wait, and is dropped', async () => {
  const store = new InMemorySeenStore();
  const atWork = Promise.withResolvers<void>();
  const effects: number[] = [];
  const newer = store.takeIfNewer(mark(2), async () => {
    await atWork.promise;
    effects.push(2);
  });
  const older = store.takeIfNewer(mark(1), () => void effects.push(1));
  const other = await store.takeIfNewer(mark(1, 'c2'), () => {});
  atWork.resolve();
  expect([await newer, await older, other]).toEqual(['taken', 'not-newer', 'taken']);
  expect(effects).toEqual([2]);
});

test('in memory, what failed does not take those behind it along', async () => {
  const store = new InMemorySeenStore();
  const failing = store.takeIfNewer(mark(1), () => Promise.reject(new Error('no')));
  const next = store.takeIfNewer(mark(2), () => {});
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('taken');
});

test('a customer who was forgotten begins anew', async () => {
  const store = new InMemorySeenStore();
  await store.takeIfNewer(mark(4), () => {});
  store.forget('c1');
  expect(await store.takeIfNewer(mark(1), () => {})).toBe('taken');
});

test('the one statement of the README is effect and mark', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(
    'CREATE TABLE customer_tier (customer_id TEXT PRIMARY KEY, customer_seq INTEGER, tier TEXT)',
  );
  const statement = database.prepare(UPSERT);
  const take = (customerSeq: number, toTier: string) =>
    statement.run({ customerId: 'c1', customerSeq, toTier }).changes;
  expect([take(2, 'gold'), take(1, 'silver'), take(2, 'gold'), take(3, 'base')]).toEqual([
    1, 0, 0, 1,
  ]);
  expect(database.prepare('SELECT tier FROM customer_tier').all()).toEqual([{ tier: 'base' }]);
});
