import type { OutboxEntry, PartitionCommit, StateStore } from '@strata/pipeline';
import fc from 'fast-check';
import { comparable } from '../trace-settings.ts';

export const PARTITIONS = 3;

/** Whose token a caller shows: the newest of the partition, an older one, one of the next partition, nobody's. */
type Caller = 'newest' | 'older' | 'neighbour' | 'nobody';

interface Changes {
  readonly states: [string, Uint8Array | null][];
  readonly pages: [string, Uint8Array | null][];
  readonly due: [string, number | null][];
  readonly fields: Record<string, Uint8Array>;
  readonly outputs: (Uint8Array | null)[];
}

/** Offsets are chosen relative to the store, so that every outcome comes up often. */
export type StoreStep = { readonly partition: number } & (
  | { readonly kind: 'acquire' }
  | {
      readonly kind: 'commit';
      readonly caller: Caller;
      readonly slip: number;
      readonly by: number;
      readonly skip: number;
      readonly changes: Changes;
    }
  | { readonly kind: 'repeat' }
  | {
      readonly kind: 'amend';
      readonly slip: number;
      readonly customerId: string;
      readonly value: Uint8Array | null;
      readonly pages: readonly [string, Uint8Array | null][];
      readonly dueAtMs: number | null;
    }
  | { readonly kind: 'trim'; readonly caller: Caller; readonly upTo: number }
  | { readonly kind: 'load'; readonly ids: readonly string[] }
  | { readonly kind: 'due'; readonly upToMs: number; readonly limit: number }
  | { readonly kind: 'outbox'; readonly after: number; readonly limit: number }
  | { readonly kind: 'rewind'; readonly steps: number }
);

const id = fc.constantFrom('', 'a', 'b', 'é', '林', '🍵', 'a\0b', 'zz', 'Z', '10', '9');
const bytes = fc.uint8Array({ maxLength: 80 });
const byName = { selector: ([name]: [string, unknown]) => name, maxLength: 8 };
const partition = fc.nat(PARTITIONS - 1);
const often = <T>(usual: T, ...rare: T[]): fc.Arbitrary<T> =>
  fc.constantFrom(usual, usual, usual, usual, usual, ...rare);
const caller = often<Caller>('newest', 'older', 'neighbour', 'nobody');

const changes: fc.Arbitrary<Changes> = fc.record({
  states: fc.uniqueArray(fc.tuple(id, fc.option(bytes)), byName),
  pages: fc.uniqueArray(fc.tuple(id, fc.option(bytes)), byName),
  due: fc.uniqueArray(fc.tuple(id, fc.option(fc.integer({ min: -3, max: 9 }))), byName),
  fields: fc.dictionary(fc.constantFrom('fold', 'hash'), bytes),
  outputs: fc.array(fc.option(bytes), { maxLength: 3 }),
});

const kindOf = <K extends StoreStep['kind']>(kind: K): fc.Arbitrary<K> => fc.constant(kind);

const step: fc.Arbitrary<StoreStep> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ partition, kind: kindOf('acquire') }) },
  { weight: 1, arbitrary: fc.record({ partition, kind: kindOf('repeat') }) },
  { weight: 1, arbitrary: fc.record({ partition, kind: kindOf('rewind'), steps: fc.nat(4) }) },
  {
    weight: 2,
    arbitrary: fc.record({ partition, kind: kindOf('trim'), caller, upTo: fc.nat(12) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ partition, kind: kindOf('load'), ids: fc.array(id, { maxLength: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      partition,
      kind: kindOf('due'),
      upToMs: fc.integer({ min: -4, max: 10 }),
      limit: fc.nat(4),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      partition,
      kind: kindOf('outbox'),
      after: fc.nat(8),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      partition,
      kind: kindOf('amend'),
      slip: often(0, 1, -1),
      customerId: id,
      value: fc.option(bytes),
      pages: fc.uniqueArray(fc.tuple(id, fc.option(bytes)), byName),
      dueAtMs: fc.option(fc.integer({ min: -3, max: 9 })),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      partition,
      kind: kindOf('commit'),
      caller,
      slip: often(0, -1, 1, -2),
      by: fc.integer({ min: 1, max: 3 }),
      skip: often(0, 1, -1),
      changes,
    }),
  },
);

/** Begins with everybody owned, so that few commits are refused for nothing. */
export const storeTrace: fc.Arbitrary<readonly StoreStep[]> = fc
  .array(step, { minLength: 3, maxLength: 30 })
  .map((steps) => [
    ...Array.from({ length: PARTITIONS }, (_, p): StoreStep => ({ kind: 'acquire', partition: p })),
    ...steps,
  ]);

/** A store that can go back to where it was some writes ago, as a failover or a restored backup does. */
export interface TracedStore {
  readonly store: StateStore;
  /** To be called before each write; answers the number of writes so far. */
  mark(): Promise<number>;
  /** Back to before the write of that number. */
  rewind(mark: number): Promise<void>;
  /** The token as this store sees it after its acquisition was lost: no other may be taken for it. */
  lost(token: string): string;
}

interface Taken {
  readonly token: string;
  readonly mark: number;
}

/** Replays a trace and notes every reply, each told from bytes to objects alike. */
export class StoreReplay {
  readonly notes: unknown[] = [];
  readonly #subject: TracedStore;
  readonly #owners: Taken[][] = Array.from({ length: PARTITIONS }, () => []);
  /** Last position of the outbox, by write. */
  #positions: (readonly number[])[] = [];
  #now: readonly number[] = Array.from({ length: PARTITIONS }, () => 0);
  readonly #last: (PartitionCommit | null)[] = Array.from({ length: PARTITIONS }, () => null);

  constructor(subject: TracedStore) {
    this.#subject = subject;
  }

  async run(trace: readonly StoreStep[]): Promise<readonly unknown[]> {
    for (const step of trace) {
      this.notes.push(await this.#step(step));
      this.notes.push(await this.#picture(step.partition));
    }
    return this.notes;
  }

  async #step(step: StoreStep): Promise<unknown> {
    const { store } = this.#subject;
    const { partition } = step;
    switch (step.kind) {
      case 'acquire': {
        const mark = await this.#mark();
        const { owner, ...shard } = await store.acquire(partition);
        this.#owners[partition]?.unshift({ token: owner, mark });
        return comparable({ counter: owner.split(':')[0], shard });
      }
      case 'commit':
        return this.#commit(await this.#commitOf(step));
      case 'repeat': {
        const last = this.#last[partition] ?? null;
        return last === null ? null : this.#commit(last);
      }
      case 'amend': {
        await this.#mark();
        const { kind: _kind, slip, ...rest } = step;
        const { next } = await store.inspect(partition);
        const isAmended = await store.amend({ ...rest, next: Math.max(0, next + slip) });
        return isAmended ? 'amended' : 'not amended';
      }
      case 'trim': {
        await this.#mark();
        const owner = this.#token(partition, step.caller);
        return store.trimOutbox({ partition, owner, upToPosition: step.upTo });
      }
      case 'load':
        return comparable([
          await store.load(partition, step.ids),
          await store.loadPages(partition, step.ids),
        ]);
      case 'due':
        return store.dueCustomers({ partition, upToMs: step.upToMs, limit: step.limit });
      case 'outbox':
        return comparable(
          await store.outbox({ partition, afterPosition: step.after, limit: step.limit }),
        );
      case 'rewind':
        return this.#rewind(step.steps);
    }
  }

  async #mark(): Promise<number> {
    this.#positions.push(this.#now);
    return this.#subject.mark();
  }

  async #rewind(writes: number): Promise<string> {
    const mark = Math.max(PARTITIONS, this.#positions.length - writes);
    if (mark >= this.#positions.length) return 'nothing to lose';
    await this.#subject.rewind(mark);
    this.#now = this.#positions[mark] ?? this.#now;
    this.#positions = this.#positions.slice(0, mark);
    for (const taken of this.#owners) {
      for (const [index, it] of taken.entries()) {
        if (it.mark >= mark) taken[index] = { token: this.#subject.lost(it.token), mark: -1 };
      }
    }
    return 'rewound';
  }

  #token(partition: number, caller: Caller): string {
    const of = (p: number): readonly Taken[] => this.#owners[p % PARTITIONS] ?? [];
    const taken = {
      newest: of(partition)[0],
      older: of(partition)[1],
      neighbour: of(partition + 1)[0],
      nobody: undefined,
    }[caller];
    return taken === undefined ? '0:nobody' : taken.token;
  }

  async #commitOf(step: StoreStep & { kind: 'commit' }): Promise<PartitionCommit> {
    const { partition, slip, by, skip } = step;
    const { outputs, ...rest } = step.changes;
    const { next } = await this.#subject.store.inspect(partition);
    const expectedNext = Math.max(0, next + slip);
    const first = (this.#now[partition] ?? 0) + 1 + skip;
    const outbox = outputs.map((value, index) => anEntry(first + index, value));
    const owner = this.#token(partition, step.caller);
    return { partition, owner, expectedNext, next: expectedNext + by, outbox, ...rest };
  }

  async #commit(commit: PartitionCommit): Promise<string> {
    await this.#mark();
    this.#last[commit.partition] = commit;
    try {
      const outcome = await this.#subject.store.commit(commit);
      const last = commit.outbox.at(-1);
      if (outcome === 'ok' && last !== undefined) {
        this.#now = this.#now.with(commit.partition, last.position);
      }
      return outcome;
    } catch (error) {
      // Before the first write: a programmer's fault, such as an outbox with a gap.
      if (error instanceof TypeError) return 'crash';
      throw error;
    }
  }

  async #picture(partition: number): Promise<unknown> {
    const { store } = this.#subject;
    const { owner, ...shard } = await store.inspect(partition);
    const holder = await store.holder(partition);
    const customers: (readonly [string, Uint8Array])[] = [];
    for await (const batch of store.scan(partition)) customers.push(...batch);
    return comparable({
      counter: owner?.split(':')[0] ?? null,
      shard,
      isHeldAlike: holder.owner === owner && holder.next === shard.next,
      customers: customers.toSorted(([a], [b]) => (a < b ? -1 : 1)),
      due: await store.dueCustomers({ partition, upToMs: 9, limit: 20 }),
      earliest: await store.earliestDue(partition),
      outbox: await store.outbox({ partition, afterPosition: 0, limit: 100 }),
      pages: await store.loadPages(partition, ['', 'a', 'b', 'é', '林', '🍵', '10', 'nobody']),
    });
  }
}

function anEntry(position: number, value: Uint8Array | null): OutboxEntry {
  return {
    position,
    topic: position % 2 === 0 ? 'strata.tiers.v1' : 'strata.tier-changes.v1',
    seq: Math.max(1, position),
    key: value === null ? null : Uint8Array.of(position),
    value,
    headers: value === null ? {} : { ce_id: value },
  };
}
