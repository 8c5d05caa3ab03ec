import type { CustomerState } from '@strata/domain';
import { aPurchase, day, TestPartition } from '@strata/domain/builders';
import { MemoryStateStore } from '@strata/memory';
import type { StateStore, StateWalk } from '@strata/pipeline';
import { readWhole } from '@strata/shard-state';
import { encodeCustomer, packCustomer, pageChanges } from '@strata/state-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateSpool } from './state-spool.ts';

const PARTITION = 3;
const PEOPLE = 12;

/** States of one customer who buys again and again; from 65 orders on there are pages beside the value. */
const states: readonly CustomerState[] = (() => {
  const shop = new TestPartition();
  return Array.from({ length: 140 }, (_, n) => {
    shop.events(aPurchase(day(0) + n * 1_000));
    return shop.customers.get('c1') as CustomerState;
  });
})();

type Shards = NonNullable<ConstructorParameters<typeof MemoryStateStore>[0]>;

/** An owner that goes on whenever somebody else looks at the store: one record for each customer it names. */
class Owner {
  readonly shards: Shards = new Map();
  readonly store: MemoryStateStore;
  /** Whom the record at each offset names; some are not folded yet. */
  readonly log: string[] = [];
  readonly #history: Shards[] = [];
  #tokens = 0;
  #owner = '';
  #next = 0;

  constructor() {
    this.store = new MemoryStateStore(this.shards, () => `token-${++this.#tokens}`);
  }

  async takeOver(): Promise<void> {
    const shard = await this.store.acquire(PARTITION);
    this.#owner = shard.owner;
    this.#next = shard.next;
  }

  /** Of a customer named so often: gone after each ninth time, and in between with more and more orders. */
  static stateAfter(times: number): CustomerState | null {
    return times % 9 === 0 ? null : (states[(times * 11) % states.length] as CustomerState);
  }

  stateAt(customerId: string, next: number): CustomerState | null {
    const times = this.log.slice(0, next).filter((it) => it === customerId).length;
    return times === 0 ? null : Owner.stateAfter(times);
  }

  /** Folds so many records of the log, as far as there are so many. */
  async commit(records: number): Promise<void> {
    const ids = this.log.slice(this.#next, this.#next + records);
    if (ids.length === 0) return;
    this.#history.push(structuredClone(this.shards));
    const next = this.#next + ids.length;
    const named = [...new Set(ids)];
    const changed = named.map((id) => {
      const before = this.stateAt(id, this.#next);
      return { id, before: before ?? undefined, after: this.stateAt(id, next) };
    });
    await this.store.commit({
      partition: PARTITION,
      owner: this.#owner,
      expectedNext: this.#next,
      next,
      fields: {},
      states: changed.map(({ id, after }) => [
        id,
        after === null ? null : packCustomer(after).value,
      ]),
      pages: changed.flatMap(({ id, before, after }) => pageChanges(id, before, after)),
      due: [],
      outbox: [],
    });
    this.#next = next;
  }

  /** The store loses its last commits, as after a failover, and the owner notices at once. */
  async loseCommits(count: number): Promise<void> {
    const former = this.#history.at(-count);
    if (former === undefined) return;
    this.#history.length -= count;
    const kept = structuredClone(former);
    this.shards.clear();
    for (const [partition, shard] of kept) this.shards.set(partition, shard);
    await this.takeOver();
  }
}

interface Trouble {
  readonly kind: 'append' | 'commit' | 'both' | 'take-over' | 'lose' | 'quiet';
  readonly names: readonly number[];
}

const trouble: fc.Arbitrary<Trouble> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('append' as const) },
    { weight: 6, arbitrary: fc.constant('commit' as const) },
    { weight: 6, arbitrary: fc.constant('both' as const) },
    { weight: 6, arbitrary: fc.constant('quiet' as const) },
    { weight: 1, arbitrary: fc.constant('take-over' as const) },
    { weight: 1, arbitrary: fc.constant('lose' as const) },
  ),
  names: fc.array(fc.nat(PEOPLE - 1), { minLength: 1, maxLength: 4 }),
});

const idOf = (n: number): string => `customer ${n}`;

/** Before each call on the store something happens, as long as the list goes. */
function troubled(owner: Owner, troubles: readonly Trouble[]): StateStore & StateWalk {
  const left = [...troubles];
  const happen = async (): Promise<void> => {
    const next = left.shift();
    if (next === undefined || next.kind === 'quiet') return;
    if (next.kind === 'append' || next.kind === 'both') owner.log.push(...next.names.map(idOf));
    if (next.kind === 'commit' || next.kind === 'both') await owner.commit(next.names.length);
    if (next.kind === 'take-over') await owner.takeOver();
    if (next.kind === 'lose') await owner.loseCommits(2);
  };
  return new Proxy(owner.store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        await happen();
        const [first] = args;
        // Small steps, so that much happens between the first and the last.
        const asked = name === 'walk' ? [{ ...(first as object), count: 3 }] : args;
        return Reflect.apply(value, target, asked);
      };
    },
  });
}

const quiet = { signal: new AbortController().signal, onCustomers: () => {} };

function reading(
  owner: Owner,
  store: StateStore & StateWalk,
  kept: ReturnType<StateSpool['begin']>,
) {
  return readWhole({
    ...quiet,
    // Fewer than there are people, so that some have to be read in between.
    customersPerLook: 3,
    store,
    partition: PARTITION,
    kept,
    namedFrom: async ({ from, atLeast, customersMax }) => {
      const customerIds = new Set(owner.log.slice(from, atLeast));
      let upTo = atLeast;
      while (upTo < owner.log.length && customerIds.size < customersMax) {
        customerIds.add(owner.log[upTo] as string);
        upTo += 1;
      }
      return { customerIds, upTo };
    },
  });
}

describe('everybody of a partition', () => {
  it('is read as of one commit, whatever its owner and its store do meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(PEOPLE - 1), { minLength: 1, maxLength: 9 }), { maxLength: 20 }),
        fc.array(trouble, { maxLength: 80 }),
        async (before, troubles) => {
          const owner = new Owner();
          await owner.takeOver();
          for (const names of before) {
            owner.log.push(...names.map(idOf));
            await owner.commit(names.length);
          }
          const spool = new StateSpool();
          try {
            const kept = spool.begin();
            const view = await reading(owner, troubled(owner, troubles), kept);
            if (view === null) throw new Error('the partition came to rest and was not read');
            const found = new Map(kept.seal().customers());
            for (let n = 0; n < PEOPLE; n++) {
              const wanted = owner.stateAt(idOf(n), view.next);
              const got = found.get(idOf(n)) ?? null;
              expect(got && encodeCustomer(got)).toEqual(wanted && encodeCustomer(wanted));
            }
          } finally {
            spool.close();
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is read though a commit comes before every call, where the log is ahead of it', async () => {
    const owner = new Owner();
    await owner.takeOver();
    owner.log.push(...Array.from({ length: 50_000 }, (_, n) => idOf(n % PEOPLE)));
    await owner.commit(40);
    const endless: readonly Trouble[] = Array.from({ length: 20_000 }, () => {
      return { kind: 'commit', names: [0] };
    });
    const spool = new StateSpool();
    const view = await reading(owner, troubled(owner, endless), spool.begin());
    expect(view?.next).toBeGreaterThan(40);
    spool.close();
  });

  it('is not read while records are appended and folded faster than the log is read', async () => {
    const owner = new Owner();
    await owner.takeOver();
    owner.log.push(...[1, 2, 3].map(idOf));
    await owner.commit(3);
    const endless: readonly Trouble[] = Array.from({ length: 20_000 }, (_, n) => {
      return { kind: 'both', names: [n % PEOPLE] };
    });
    const spool = new StateSpool();
    expect(await reading(owner, troubled(owner, endless), spool.begin())).toBeNull();
    spool.close();
  });

  it('is not read while a commit is there in part', async () => {
    const owner = new Owner();
    await owner.takeOver();
    owner.log.push(idOf(1));
    await owner.commit(1);
    owner.store.writePart(
      {
        partition: PARTITION,
        owner: '',
        expectedNext: 1,
        next: 2,
        fields: {},
        states: [],
        pages: [],
        due: [],
        outbox: [],
      },
      0,
    );
    const spool = new StateSpool();
    expect(await reading(owner, owner.store, spool.begin())).toBeNull();
    spool.close();
  });
});

describe('the spool', () => {
  it('gives back each partition by itself, as often as asked, with the last word about everybody', () => {
    const spool = new StateSpool();
    const [one, many] = [states[0], states.at(-1)] as [CustomerState, CustomerState];
    const first = spool.begin();
    first.put('a', one);
    first.put('b', one);
    first.put('a', many);
    first.put('b', null);
    first.put('c', one);
    expect(first.size).toBe(2);
    const a = first.seal();
    const second = spool.begin();
    // More than one chunk of the file.
    for (let n = 0; n < 3_000; n++) second.put(`x${n}`, many);
    second.clear();
    for (let n = 0; n < 3_000; n++) second.put(`y${n}`, many);
    const b = second.seal();
    for (const _ of [1, 2]) {
      expect([...a.customers()].map(([id, it]) => [id, it.seq])).toEqual([
        ['a', many.seq],
        ['c', one.seq],
      ]);
    }
    expect([b.size, new Set([...b.customers()].map(([id]) => id)).has('y2999')]).toEqual([
      3_000,
      true,
    ]);
    expect([...b.customers()]).toHaveLength(3_000);
    spool.close();
  });
});
