import { TOPICS } from '@strata/contracts';
import { MemoryStateStore } from '@strata/memory';
import {
  type AcquiredShard,
  type Amendment,
  type BesideStore,
  type CommitOutcome,
  type GroupHandlers,
  type GroupReader,
  type GroupReaderSettings,
  type PartitionCommit,
  type PartitionShard,
  type StateStore,
  type TopicRecord,
  tpKey,
} from '@strata/pipeline';
import type { RunningScorer } from './start-scorer.ts';

export function partitionsOf(scorer: RunningScorer): number[] {
  const { partitions } = scorer.report().details as { partitions: { partition: number }[] };
  return partitions.map(({ partition }) => partition);
}

/** Notes what the store answers to commits. */
export function watched(store: StateStore, outcomes: CommitOutcome[]): StateStore {
  return {
    acquire: (partition) => store.acquire(partition),
    inspect: (partition) => store.inspect(partition),
    holder: (partition) => store.holder(partition),
    load: (partition, customerIds) => store.load(partition, customerIds),
    loadPages: (partition, names) => store.loadPages(partition, names),
    commit: async (commit) => {
      const outcome = await store.commit(commit);
      outcomes.push(outcome);
      return outcome;
    },
    dueCustomers: (query) => store.dueCustomers(query),
    earliestDue: (partition) => store.earliestDue(partition),
    outbox: (query) => store.outbox(query),
    trimOutbox: (trim) => store.trimOutbox(trim),
    scan: (partition) => store.scan(partition),
    amend: (amendment) => store.amend(amendment),
    beside: (name) => store.beside(name),
    close: () => store.close(),
  };
}

/** A store that can be emptied under whoever uses it, as FLUSHALL does: owner tokens go, too. */
export class LosableStore {
  readonly store: StateStore;
  #current = new MemoryStateStore();

  constructor() {
    const current = (): StateStore => this.#current;
    this.store = {
      acquire: (partition) => current().acquire(partition),
      inspect: (partition) => current().inspect(partition),
      holder: (partition) => current().holder(partition),
      load: (partition, customerIds) => current().load(partition, customerIds),
      loadPages: (partition, names) => current().loadPages(partition, names),
      commit: (commit) => current().commit(commit),
      dueCustomers: (query) => current().dueCustomers(query),
      earliestDue: (partition) => current().earliestDue(partition),
      outbox: (query) => current().outbox(query),
      trimOutbox: (trim) => current().trimOutbox(trim),
      scan: (partition) => current().scan(partition),
      amend: (amendment) => current().amend(amendment),
      beside: (name) => current().beside(name),
      close: () => current().close(),
    };
  }

  /** Answers the store that is asked from now on. */
  lose(): MemoryStateStore {
    this.#current = new MemoryStateStore();
    return this.#current;
  }

  get current(): MemoryStateStore {
    return this.#current;
  }
}

/**
 * A store that can lose its last commits, as a failover does: what was written before is there, owner tokens included.
 * Takings and commits are kept as a journal, and a new store is made from its beginning.
 */
export class RewindingStore implements StateStore {
  readonly outcomes: CommitOutcome[] = [];
  readonly #commits: PartitionCommit[] = [];
  #store: MemoryStateStore;

  constructor(store: MemoryStateStore) {
    this.#store = store;
  }

  /** Everything of the present but the last commits. Answers the store that is asked from now on. */
  async rewind(lost: number): Promise<MemoryStateStore> {
    const before = this.#store;
    const after = new MemoryStateStore();
    for (const partition of [0, 1]) {
      const { owner, next } = await before.inspect(partition);
      const first = this.#commits.find((commit) => commit.partition === partition);
      const rest = this.#commits.filter((commit) => commit.partition === partition).slice(0, -lost);
      await refill(after, { partition, owner: owner ?? '', base: this.#bases.get(partition) });
      for (const commit of rest) await after.commit(commit);
      const { next: now } = await after.inspect(partition);
      if (first === undefined || now >= next)
        throw new Error('Nothing was lost: the test is vain.');
    }
    this.#store = after;
    return after;
  }

  readonly #bases = new Map<number, Base>();

  async acquire(partition: number): Promise<AcquiredShard> {
    const shard = await this.#store.acquire(partition);
    if (!this.#bases.has(partition)) {
      this.#bases.set(partition, { next: shard.next, fields: shard.fields });
    }
    return shard;
  }

  inspect(partition: number): Promise<PartitionShard> {
    return this.#store.inspect(partition);
  }

  holder(partition: number) {
    return this.#store.holder(partition);
  }

  load(partition: number, customerIds: readonly string[]) {
    return this.#store.load(partition, customerIds);
  }

  loadPages(partition: number, names: readonly string[]) {
    return this.#store.loadPages(partition, names);
  }

  async commit(commit: PartitionCommit): Promise<CommitOutcome> {
    const outcome = await this.#store.commit(commit);
    this.outcomes.push(outcome);
    if (outcome === 'ok') this.#commits.push(commit);
    return outcome;
  }

  dueCustomers(query: { partition: number; upToMs: number; limit: number }) {
    return this.#store.dueCustomers(query);
  }

  earliestDue(partition: number): Promise<number | null> {
    return this.#store.earliestDue(partition);
  }

  outbox(query: { partition: number; afterPosition: number; limit: number }) {
    return this.#store.outbox(query);
  }

  trimOutbox(trim: { partition: number; owner: string; upToPosition: number }): Promise<boolean> {
    return this.#store.trimOutbox(trim);
  }

  scan(partition: number) {
    return this.#store.scan(partition);
  }

  amend(amendment: Amendment): Promise<boolean> {
    return this.#store.amend(amendment);
  }

  beside(name: string): BesideStore {
    return this.#store.beside(name);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** What a partition held, before any customer, when it was first taken. */
interface Base {
  readonly next: number;
  readonly fields: Readonly<Record<string, Uint8Array>>;
}

/** Takes the partition until its token is the one wanted, and writes what it held to begin with. */
async function refill(
  store: MemoryStateStore,
  wanted: { partition: number; owner: string; base: Base | undefined },
): Promise<void> {
  const { partition, owner, base } = wanted;
  let token = '';
  while (token !== owner) token = (await store.acquire(partition)).owner;
  if (base === undefined || base.next === 0) return;
  await store.commit({
    partition,
    owner,
    expectedNext: 0,
    next: base.next,
    fields: base.fields,
    states: [],
    pages: [],
    due: [],
    outbox: [],
  });
}

/** Delivers partition 0 in batches that each begin at the very first record, as a fetch that was under way may. */
export class OverlappingReader implements GroupReader {
  readonly isDone: Promise<void>;
  readonly #records: readonly TopicRecord[];
  #done = (): void => {};

  constructor(records: readonly TopicRecord[]) {
    this.#records = records;
    this.isDone = new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  reacquire(): void {}

  async start(_: GroupReaderSettings, handlers: GroupHandlers): Promise<void> {
    const place = { topic: TOPICS.customerLog, partition: 0 };
    const starts = await handlers.onAssigned([place], 'joined');
    const from = starts.get(tpKey(place)) ?? 0;
    for (const end of [from, from + 3, from + 5, this.#records.length]) {
      await handlers.onBatch({
        ...place,
        records: this.#records.slice(0, end),
        nextOffset: end,
        logEnd: this.#records.length,
        heartbeat: async () => {},
        isOwned: () => true,
      });
    }
    this.#done();
  }

  async stop(): Promise<void> {}
}
