import { type MemoryContents, MemoryStateStore } from '@strata/memory';
import type {
  CommitOutcome,
  OutboxEntry,
  PartitionCommit,
  StateNotes,
  StateStore,
} from '@strata/pipeline';
import type { Random } from './random.ts';
import type { SimProcess } from './sim-process.ts';
import type { Tally } from './tally.ts';

/** Of the commits that are torn. */
const LATER_SHARE = 0.5;

/** What changed a partition, in order; a store that went back has lost the last of them. */
type Change = { readonly number: number } & (
  | { readonly kind: 'acquire'; readonly tag: string }
  | { readonly kind: 'commit'; readonly commit: PartitionCommit }
  | { readonly kind: 'part'; readonly commit: PartitionCommit; readonly customers: number }
  | { readonly kind: 'trim'; readonly trim: Parameters<StateStore['trimOutbox']>[0] }
);

interface Partition {
  store: MemoryStateStore;
  changes: Change[];
  /** The token that the last acquisition gave out, as this file remembers it. */
  owner: string | null;
  next: number;
}

export interface StoreWatch {
  readonly fail: (what: string) => void;
  /** Entries that leave the outbox. */
  readonly onTrim: (partition: number, entries: readonly OutboxEntry[]) => void;
}

/**
 * The store that all scorers share: the one in memory, a partition each, with a journal by which it can lose its last
 * writes. It holds what it is told against a second book of its own: who may write, and where.
 */
export class SharedStore {
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #watch: StoreWatch;
  readonly #partitions: Partition[];
  #changes = 0;

  constructor(partitions: number, parts: { random: Random; tally: Tally; watch: StoreWatch }) {
    this.#random = parts.random;
    this.#tally = parts.tally;
    this.#watch = parts.watch;
    this.#partitions = Array.from({ length: partitions }, () => ({
      store: new MemoryStateStore(),
      changes: [],
      owner: null,
      next: 0,
    }));
    this.#partitions.forEach((_, partition) => this.#replay(partition, []));
  }

  async acquire(partition: number): ReturnType<StateStore['acquire']> {
    const place = this.#at(partition);
    const shard = await place.store.acquire(partition);
    const tag = /:(.*)-/.exec(shard.owner)?.[1] ?? '';
    place.changes.push({ number: ++this.#changes, kind: 'acquire', tag });
    place.owner = shard.owner;
    place.next = shard.next;
    if (shard.wasPart) this.#tally.add('acquired emptied');
    return shard;
  }

  async commit(commit: PartitionCommit): Promise<CommitOutcome> {
    const { partition, owner, expectedNext, next } = commit;
    const place = this.#at(partition);
    const outcome = await place.store.commit(commit);
    this.#tally.add(`commit ${outcome}`);
    if (outcome !== 'ok') {
      const isRight = outcome !== 'already' || (owner === place.owner && next === place.next);
      if (!isRight) this.#watch.fail(`partition ${partition} took a commit for one it has`);
      return outcome;
    }
    if (owner !== place.owner) {
      this.#watch.fail(`partition ${partition} took the commit of a fenced owner`);
    }
    if (expectedNext !== place.next) {
      this.#watch.fail(
        `partition ${partition} went from ${place.next} to ${next} by a commit for ${expectedNext}`,
      );
    }
    place.next = next;
    place.changes.push({ number: ++this.#changes, kind: 'commit', commit });
    return outcome;
  }

  async trimOutbox(trim: Parameters<StateStore['trimOutbox']>[0]): Promise<boolean> {
    const place = this.#at(trim.partition);
    const before = place.store.contents(trim.partition).outbox;
    const isTrimmed = await place.store.trimOutbox(trim);
    this.#tally.add(isTrimmed ? 'trim' : 'trim fenced');
    if (!isTrimmed) return false;
    if (trim.owner !== place.owner) {
      this.#watch.fail(`partition ${trim.partition} was trimmed by a fenced owner`);
    }
    place.changes.push({ number: ++this.#changes, kind: 'trim', trim });
    const gone = before.filter(({ position }) => position <= trim.upToPosition);
    this.#watch.onTrim(trim.partition, gone);
    return true;
  }

  of(partition: number): MemoryStateStore {
    return this.#at(partition).store;
  }

  nextOf(partition: number): number {
    return this.#at(partition).next;
  }

  contents(partition: number): MemoryContents {
    return this.of(partition).contents(partition);
  }

  /** One partition loses its last changes, as one node of several does that fails over. Answers whether it lost any. */
  rewind(partition: number): boolean {
    const { changes } = this.#at(partition);
    if (changes.length === 0) return false;
    const lost = 1 + this.#random.below(Math.min(changes.length, 40));
    this.#replay(partition, changes.slice(0, -lost));
    return true;
  }

  /** All partitions go back to one moment. */
  rewindAll(): boolean {
    if (this.#changes === 0) return false;
    const last = this.#changes - this.#random.below(Math.min(this.#changes, 120));
    this.#partitions.forEach(({ changes }, partition) => {
      const kept = changes.filter(({ number }) => number < last);
      if (kept.length < changes.length) this.#replay(partition, kept);
    });
    return true;
  }

  /**
   * A partition goes back into the middle of a commit. Where it is still whole after that, as Redis is after the first
   * load of a file that was cut, the part is executed when it goes back the next time.
   */
  tear(partition: number): boolean {
    const { changes } = this.#at(partition);
    const at = changes.findLastIndex(({ kind }) => kind === 'commit');
    const torn = changes[at];
    if (torn?.kind !== 'commit') return false;
    const { commit } = torn;
    const customers = this.#random.below(commit.states.length + 1);
    const part = { number: torn.number, kind: 'part', commit, customers } as const;
    const before = changes.slice(0, at);
    const isLater = this.#random.chance(LATER_SHARE);
    this.#replay(partition, isLater ? before : [...before, part]);
    this.#at(partition).changes = [...before, part];
    return true;
  }

  flush(): boolean {
    if (this.#changes === 0) return false;
    this.#partitions.forEach((_, partition) => this.#replay(partition, []));
    return true;
  }

  /** A store in memory writes before it gives its promise, so nothing here has to wait but for what is wrong. */
  #replay(partition: number, changes: readonly Change[]): void {
    const tags = changes.flatMap((it) => (it.kind === 'acquire' ? [it.tag] : []));
    const fresh = (): string => this.#random.bits().toString(36);
    const store = new MemoryStateStore(new Map(), () => tags.shift() ?? fresh());
    const heed = (done: Promise<unknown>): void => {
      done.catch((error: unknown) => this.#watch.fail(`a store that went back: ${String(error)}`));
    };
    for (const change of changes) {
      if (change.kind === 'acquire') heed(store.acquire(partition));
      else if (change.kind === 'commit') heed(store.commit(change.commit));
      else if (change.kind === 'part') store.writePart(change.commit, change.customers);
      else heed(store.trimOutbox(change.trim));
    }
    const { owner, next } = store.contents(partition);
    this.#partitions[partition] = { store, changes: [...changes], owner, next };
  }

  #at(partition: number): Partition {
    const place = this.#partitions[partition];
    if (place === undefined) throw new RangeError(`There is no partition ${partition}.`);
    return place;
  }
}

/** The store as one process sees it, across the network. */
/** Few, so that a walk is in the middle when something happens. */
const SCAN_BATCH = 3;

export function storeOf(process: SimProcess, shared: SharedStore): StateStore {
  const ask = <T>(what: string, execute: () => Promise<T>): Promise<T> =>
    process.call('store', what, execute);
  async function* scanOf(partition: number) {
    const all = await ask('scan', async () => {
      const rows: (readonly [string, Uint8Array])[] = [];
      for await (const batch of shared.of(partition).scan(partition)) rows.push(...batch);
      return rows;
    });
    for (let at = 0; at < all.length; at += SCAN_BATCH) {
      yield await ask('scan on', async () => all.slice(at, at + SCAN_BATCH));
    }
  }
  return {
    acquire: (partition) => ask('acquire', () => shared.acquire(partition)),
    inspect: (partition) => ask('inspect', () => shared.of(partition).inspect(partition)),
    holder: (partition) => ask('holder', () => shared.of(partition).holder(partition)),
    load: (partition, ids) => ask('load', () => shared.of(partition).load(partition, ids)),
    loadPages: (partition, names) =>
      ask('load pages', () => shared.of(partition).loadPages(partition, names)),
    commit: (commit) => {
      process.conduct.commits(commit.partition);
      return ask('commit', () => shared.commit(commit));
    },
    dueCustomers: (query) =>
      ask('due customers', () => shared.of(query.partition).dueCustomers(query)),
    earliestDue: (partition) =>
      ask('earliest due', () => shared.of(partition).earliestDue(partition)),
    outbox: (query) => ask('outbox', () => shared.of(query.partition).outbox(query)),
    trimOutbox: (trim) => ask('trim', () => shared.trimOutbox(trim)),
    scan: (partition) => scanOf(partition),
    // Commands that rebuild or erase are no part of this world.
    amend: (amendment) => shared.of(amendment.partition).amend(amendment),
    beside: (name) => shared.of(0).beside(name),
    close: async () => {},
  };
}

export function notesOf(process: SimProcess, shared: SharedStore): StateNotes {
  return {
    writeNote: (partition, name, value) =>
      process.call('store', 'write note', () =>
        shared.of(partition).writeNote(partition, name, value),
      ),
    readNote: (partition, name) =>
      process.call('store', 'read note', () => shared.of(partition).readNote(partition, name)),
  };
}
