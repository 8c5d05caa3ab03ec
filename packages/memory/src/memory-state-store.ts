import {
  type AcquiredShard,
  type Amendment,
  assert,
  assertSoundCommit,
  type BesideStore,
  type CommitOutcome,
  type OutboxEntry,
  type PartitionCommit,
  type PartitionLook,
  type PartitionShard,
  type ShardHolder,
  type StateNotes,
  type StateStore,
  type StateWalk,
  type Walked,
  type WalkStep,
} from '@strata/pipeline';

interface Shard {
  owner: string | null;
  counter: number;
  next: number;
  position: number;
  /** A commit was written in part. */
  isPart: boolean;
  readonly fields: Map<string, Uint8Array>;
  readonly customers: Map<string, Uint8Array>;
  readonly pages: Map<string, Uint8Array>;
  readonly due: Map<string, number>;
  outbox: OutboxEntry[];
}

type Shards = Map<number, Shard>;

/** Before a place, so that one of another kind of store is told. */
const PLACE = 'memory:';

export interface MemoryContents {
  readonly owner: string | null;
  readonly isPart: boolean;
  readonly next: number;
  readonly fields: ReadonlyMap<string, Uint8Array>;
  readonly customers: ReadonlyMap<string, Uint8Array>;
  readonly pages: ReadonlyMap<string, Uint8Array>;
  readonly due: ReadonlyMap<string, number>;
  readonly outbox: readonly OutboxEntry[];
}

/**
 * Customer state in the memory of one process, for the embedded stack, the simulator and unit tests. Bytes are copied
 * on the way in and out, so a caller that changes its buffers sees what it would see with a store across a network.
 */
export class MemoryStateStore implements StateStore, StateWalk, StateNotes {
  readonly #notes = new Map<string, Uint8Array>();
  readonly #shards: Shards;
  readonly #tag: () => string;
  readonly #besides = new Map<string, MemoryBesideStore>();

  /** `tag` ends each owner token. A store that can go back in time needs another one each time: its counter goes back, too. */
  constructor(shards: Shards = new Map(), tag = () => 'memory') {
    this.#shards = shards;
    this.#tag = tag;
  }

  async acquire(partition: number): Promise<AcquiredShard> {
    const found = this.#shard(partition);
    if (found.isPart) this.#shards.set(partition, emptyShard(found.counter));
    const shard = this.#shard(partition);
    const owner = takeAnew(shard, partition, this.#tag());
    return { ...pictureOf(shard), owner, wasPart: found.isPart };
  }

  async inspect(partition: number): Promise<PartitionShard> {
    return pictureOf(this.#shard(partition));
  }

  async holder(partition: number): Promise<ShardHolder> {
    const { owner, next, isPart } = this.#shard(partition);
    return { owner: isPart ? null : owner, next };
  }

  async load(
    partition: number,
    customerIds: readonly string[],
  ): Promise<readonly (Uint8Array | null)[]> {
    const { customers } = this.#shard(partition);
    return customerIds.map((customerId) => copyOf(customers.get(customerId) ?? null));
  }

  async loadPages(
    partition: number,
    names: readonly string[],
  ): Promise<readonly (Uint8Array | null)[]> {
    const { pages } = this.#shard(partition);
    return names.map((name) => copyOf(pages.get(name) ?? null));
  }

  async commit(commit: PartitionCommit): Promise<CommitOutcome> {
    assertSoundCommit(commit);
    const shard = this.#shard(commit.partition);
    if (shard.owner !== commit.owner) return 'fenced';
    if (shard.isPart) return 'offset';
    if (shard.next === commit.next) return 'already';
    if (shard.next !== commit.expectedNext) return 'offset';
    const first = commit.outbox[0];
    assert(
      first === undefined || first.position === shard.position + 1,
      `outbox of partition ${commit.partition} goes on at ${first?.position} after position ${shard.position}`,
    );
    write(shard, commit);
    return 'ok';
  }

  async dueCustomers(query: {
    partition: number;
    upToMs: number;
    limit: number;
  }): Promise<readonly string[]> {
    return [...this.#shard(query.partition).due]
      .filter(([, dueAtMs]) => dueAtMs <= query.upToMs)
      .toSorted((a, b) => a[1] - b[1] || compareBytes(a[0], b[0]))
      .slice(0, query.limit)
      .map(([customerId]) => customerId);
  }

  async earliestDue(partition: number): Promise<number | null> {
    let earliest: number | null = null;
    for (const dueAtMs of this.#shard(partition).due.values()) {
      if (earliest === null || dueAtMs < earliest) earliest = dueAtMs;
    }
    return earliest;
  }

  async outbox(query: {
    partition: number;
    afterPosition: number;
    limit: number;
  }): Promise<readonly OutboxEntry[]> {
    return this.#shard(query.partition)
      .outbox.filter((entry) => entry.position > query.afterPosition)
      .slice(0, query.limit)
      .map(copyOfEntry);
  }

  async trimOutbox(trim: {
    partition: number;
    owner: string;
    upToPosition: number;
  }): Promise<boolean> {
    const shard = this.#shard(trim.partition);
    if (shard.owner !== trim.owner) return false;
    shard.outbox = shard.outbox.filter((entry) => entry.position > trim.upToPosition);
    return true;
  }

  async *scan(
    partition: number,
  ): AsyncGenerator<readonly (readonly [customerId: string, bytes: Uint8Array])[]> {
    const rows = [...this.#shard(partition).customers];
    for (let at = 0; at < rows.length; at += 1_000) {
      yield rows
        .slice(at, at + 1_000)
        .map(([customerId, bytes]) => [customerId, Uint8Array.from(bytes)]);
    }
  }

  /** In the order of the ids: a place is the last one met. */
  async walk({ partition, place, count }: WalkStep): Promise<Walked | null> {
    if (place !== null && !place.startsWith(PLACE)) return null;
    const after = place === null ? null : place.slice(PLACE.length);
    const left = [...this.#shard(partition).customers]
      .filter(([customerId]) => after === null || compareBytes(customerId, after) > 0)
      .toSorted(([a], [b]) => compareBytes(a, b));
    const entries = left
      .slice(0, count)
      .map(([customerId, bytes]) => [customerId, Uint8Array.from(bytes)] as const);
    const last = entries.at(-1);
    const isEnd = last === undefined || left.length === entries.length;
    return { entries, next: isEnd ? null : `${PLACE}${last[0]}` };
  }

  async look(partition: number, customerIds: readonly string[]): Promise<PartitionLook> {
    const shard = this.#shard(partition);
    const values = customerIds.map((id) => copyOf(shard.customers.get(id) ?? null));
    return { ...pictureOf(shard), isWhole: !shard.isPart, values };
  }

  async writeNote(partition: number, name: string, value: Uint8Array): Promise<void> {
    this.#notes.set(`${partition} ${name}`, Uint8Array.from(value));
  }

  async readNote(partition: number, name: string): Promise<Uint8Array | null> {
    const note = this.#notes.get(`${partition} ${name}`);
    return note === undefined ? null : Uint8Array.from(note);
  }

  async amend(amendment: Amendment): Promise<boolean> {
    const { partition, next, customerId, value, pages, dueAtMs } = amendment;
    const shard = this.#shard(partition);
    if (shard.next !== next || shard.isPart) return false;
    takeAnew(shard, partition, this.#tag());
    writeBytes(shard.customers, [[customerId, value]]);
    writeBytes(shard.pages, pages);
    if (dueAtMs === null) shard.due.delete(customerId);
    else shard.due.set(customerId, dueAtMs);
    return true;
  }

  beside(name: string): BesideStore {
    const known = this.#besides.get(name) ?? new MemoryBesideStore(this.#shards);
    this.#besides.set(name, known);
    return known;
  }

  async close(): Promise<void> {}

  /** Writes the first `customers` of a commit and no more, as Redis does that finds a part of it in a file that was cut. */
  writePart(commit: PartitionCommit, customers: number): void {
    const shard = this.#shard(commit.partition);
    shard.isPart = true;
    write(shard, { ...commit, states: commit.states.slice(0, customers), outbox: [] });
  }

  /** Everything that a partition holds, for comparing. */
  contents(partition: number): MemoryContents {
    const { customers, pages, due, outbox, fields, next, owner, isPart } = this.#shard(partition);
    return {
      owner,
      isPart,
      next,
      fields: new Map(fields),
      customers: new Map(customers),
      pages: new Map(pages),
      due: new Map(due),
      outbox: [...outbox],
    };
  }

  #shard(partition: number): Shard {
    let shard = this.#shards.get(partition);
    if (shard === undefined) {
      shard = emptyShard();
      this.#shards.set(partition, shard);
    }
    return shard;
  }
}

class MemoryBesideStore extends MemoryStateStore implements BesideStore {
  readonly #own: Shards;
  readonly #live: Shards;

  constructor(live: Shards) {
    const own: Shards = new Map();
    super(own);
    this.#own = own;
    this.#live = live;
  }

  async adopt(partition: number, owner: string, liveOwner?: string): Promise<boolean> {
    const shard = this.#own.get(partition);
    if (shard === undefined || shard.owner !== owner || shard.isPart) return false;
    const live = this.#live.get(partition);
    if (liveOwner !== undefined && live?.owner !== liveOwner) return false;
    shard.counter = Math.max(shard.counter, live?.counter ?? 0);
    takeAnew(shard, partition);
    this.#live.set(partition, shard);
    this.#own.delete(partition);
    return true;
  }

  async discard(partition: number): Promise<void> {
    this.#own.delete(partition);
  }
}

function emptyShard(counter = 0): Shard {
  return {
    owner: null,
    counter,
    next: 0,
    position: 0,
    isPart: false,
    fields: new Map(),
    customers: new Map(),
    pages: new Map(),
    due: new Map(),
    outbox: [],
  };
}

function takeAnew(shard: Shard, partition: number, tag = 'memory'): string {
  shard.counter += 1;
  shard.owner = `${shard.counter}:${tag}-${partition}`;
  return shard.owner;
}

function write(shard: Shard, commit: PartitionCommit): void {
  shard.next = commit.next;
  for (const [name, bytes] of Object.entries(commit.fields)) {
    shard.fields.set(name, Uint8Array.from(bytes));
  }
  writeBytes(shard.customers, commit.states);
  writeBytes(shard.pages, commit.pages);
  for (const [customerId, dueAtMs] of commit.due) {
    if (dueAtMs === null) shard.due.delete(customerId);
    else shard.due.set(customerId, dueAtMs);
  }
  for (const entry of commit.outbox) shard.outbox.push(copyOfEntry(entry));
  shard.position = commit.outbox.at(-1)?.position ?? shard.position;
}

function writeBytes(held: Map<string, Uint8Array>, rows: PartitionCommit['pages']): void {
  for (const [name, bytes] of rows) {
    if (bytes === null) held.delete(name);
    else held.set(name, Uint8Array.from(bytes));
  }
}

function pictureOf(shard: Shard): PartitionShard {
  const fields = [...shard.fields].map(([name, bytes]) => [name, Uint8Array.from(bytes)] as const);
  return {
    owner: shard.owner,
    next: shard.next,
    fields: Object.fromEntries(fields),
    outboxDepth: shard.outbox.length,
    customerCount: shard.customers.size,
  };
}

function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : Uint8Array.from(bytes);
}

function copyOfEntry(entry: OutboxEntry): OutboxEntry {
  const headers = Object.entries(entry.headers).map(
    ([name, bytes]) => [name, Uint8Array.from(bytes)] as const,
  );
  return {
    ...entry,
    key: copyOf(entry.key),
    value: copyOf(entry.value),
    headers: Object.fromEntries(headers),
  };
}

/** Customers due at the same instant come in the order of their UTF-8 bytes, as in a Redis sorted set. */
function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
