import { logRecordFromWire, logRecordToWire, TOPICS } from '@strata/contracts';
import {
  activated,
  DAY_MS,
  FOLD_VERSION,
  initialPartition,
  LEDGER_HORIZON_DAYS_DEFAULT,
  type PartitionState,
} from '@strata/domain';
import { type OutboxEntry, type OutgoingRecord, partitionFor } from '@strata/pipeline';
import type { RebuildSeed, ShardRebuild } from '@strata/scorer';
import { viewCustomers, viewPartition } from '@strata/shard-state';
import { findLive } from '../stack/find-live.ts';
import { readPolicyBook } from '../stack/read-policy-book.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import { Corrections } from './corrections.ts';
import { type PublishedTiers, readPublished } from './read-published.ts';
import { BESIDE, openRebuild, type RebuildWatch } from './rebuild-partition.ts';

const RECORDS_PER_SEND = 500;

export interface EpochBegun {
  readonly partition: number;
  /** Of the corrections. What comes after them has the next one. */
  readonly epoch: number;
  /** The first record that the log still has. */
  readonly from: number;
  readonly upTo: number;
  readonly customers: number;
  readonly corrections: number;
  /** Customers of whom a tier was published and nothing is left in the log: it stays as it was published. */
  readonly unknown: number;
}

/**
 * Folds a partition again under the fold of this process, from what is left of its log, and begins a new epoch: what
 * came out is held against what was published, and the differences are told as corrections. No scorer may own the
 * partition meanwhile. Null where one has taken it; then the live state is as it was.
 */
export async function beginEpoch(
  stack: StackHandle,
  partition: number,
  watch: RebuildWatch,
): Promise<EpochBegun | null> {
  const { store, reader } = stack;
  const { owner: hold, next: liveNext } = await store.acquire(partition);
  const isHeld = async (): Promise<boolean> => (await store.holder(partition)).owner === hold;
  const { start, end } = (await reader.bounds(TOPICS.customerLog))[partition] ?? {
    start: 0,
    end: 0,
  };
  // Where an earlier try has folded further than the live state, nobody knows any more what was given up to there.
  if ((await store.beside(BESIDE).holder(partition)).next > liveNext) {
    await store.beside(BESIDE).discard(partition);
  }
  const seed = start === 0 ? null : await seedOf(stack, partition, start);
  const rebuild = await openRebuild(stack, partition, seed);
  const foldTo = (next: number): Promise<void> =>
    rebuild.foldTo(next, { signal: watch.signal, onFolded: watch.onRecords });
  await foldTo(Math.min(liveNext, end));
  const { position: givenByLive } = rebuild.ledger;
  await foldTo(end);

  const published = await readPublished(stack, partition);
  const live = await viewPartition(store, partition);
  const epoch = Math.max(published.epoch, live.ledger?.epoch ?? 0, rebuild.ledger.epoch) + 1;
  const customerSeqBase = await baseOf(stack, partition, published);
  if (!(await isHeld())) return null;
  const offset = await appendRecord(stack, { partition, end, epoch: epoch + 1, customerSeqBase });
  await foldTo(offset + 1);

  const begun = { partition, epoch, offset, customerSeqBase, state: rebuild.state };
  const corrections = new Corrections(stack, begun);
  const counts = await tell(stack, { corrections, published, partition, isHeld });
  if (counts === null) return null;
  await passOn(stack, rebuild, { afterPosition: givenByLive, partition, epoch });
  await rebuild.dropOutputs();
  if (!(await rebuild.adoptFrom(hold))) return null;
  return {
    partition,
    epoch,
    from: start,
    upTo: offset + 1,
    corrections: corrections.count,
    ...counts,
  };
}

/** What the first records of the log had said of the partition as a whole, as far as it can still be known. */
async function seedOf(stack: StackHandle, partition: number, next: number): Promise<RebuildSeed> {
  const { state, ledger } = await viewPartition(stack.store, partition);
  const { partitions } = stack;
  if (ledger !== null) {
    // Clocks begin anew: they come with the records, as they came the first time. So does going live, where it is kept.
    const isAhead = state.live !== null && state.live.offset >= next;
    const before = isAhead ? ({ time: 'data', live: null } as const) : {};
    return { next, partitions, state: { ...state, ...before, clock: Number.NEGATIVE_INFINITY } };
  }
  const { inForce } = await readPolicyBook(stack);
  const known: PartitionState = {
    ...initialPartition(partition),
    // The state is gone, so the log is asked whether its data time ends further on.
    time: (await findLive(stack, partition)) === null ? stack.time : 'data',
    ledgerHorizonMs: LEDGER_HORIZON_DAYS_DEFAULT * DAY_MS,
  };
  const seeded = inForce === null ? known : activated(known, inForce);
  return { next, partitions, state: seeded };
}

/** So much that each customer's own count, with it, lies above what was published. */
async function baseOf(
  { store }: StackHandle,
  partition: number,
  { customers }: PublishedTiers,
): Promise<number> {
  let base = 0;
  const own = new Map<string, number>();
  for await (const batch of viewCustomers(store.beside(BESIDE), partition)) {
    for (const [customerId, { seq }] of batch) own.set(customerId, seq);
  }
  for (const [customerId, { customerSeq }] of customers) {
    base = Math.max(base, customerSeq - (own.get(customerId) ?? 0));
  }
  return base + 1;
}

/** Says in the log that the epoch begins. Answers where it lies: others may have written before it. */
async function appendRecord(
  { reader, writer, serdes }: StackHandle,
  begun: { partition: number; end: number; epoch: number; customerSeqBase: number },
): Promise<number> {
  const { partition, end, epoch, customerSeqBase } = begun;
  const record = {
    kind: 'epoch-began',
    epoch,
    customerSeqBase,
    foldVersion: FOLD_VERSION,
  } as const;
  const value = serdes.customerLog.encode(logRecordToWire(record));
  const place = { topic: TOPICS.customerLog, partition };
  await writer.send([{ ...place, key: null, value, headers: {} }]);
  for await (const batch of reader.read({ ...place, offset: end })) {
    for (const { offset, value: bytes } of batch) {
      if (bytes === null || Buffer.compare(bytes, value) !== 0) continue;
      const found = logRecordFromWire(serdes.customerLog.decode(bytes));
      if (found.kind === 'epoch-began') return offset;
    }
  }
  throw new TypeError('A record that was acknowledged is not in the log');
}

async function tell(
  stack: StackHandle,
  work: {
    readonly corrections: Corrections;
    readonly published: PublishedTiers;
    readonly partition: number;
    readonly isHeld: () => Promise<boolean>;
  },
): Promise<Pick<EpochBegun, 'customers' | 'unknown'> | null> {
  const { corrections, published, partition, isHeld } = work;
  let customers = 0;
  const unknown = new Set(published.customers.keys());
  let pending: OutgoingRecord[] = [];
  for await (const batch of viewCustomers(stack.store.beside(BESIDE), partition)) {
    for (const [customerId, state] of batch) {
      customers += 1;
      unknown.delete(customerId);
      const before = published.customers.get(customerId) ?? null;
      pending.push(...corrections.of(customerId, state, before));
    }
    if (pending.length < RECORDS_PER_SEND) continue;
    if (!(await isHeld())) return null;
    await stack.writer.send(pending);
    pending = [];
  }
  if (!(await isHeld())) return null;
  if (pending.length > 0) await stack.writer.send(pending);
  return { customers, unknown: unknown.size };
}

/**
 * Dead letters and hand-overs of records that the live state had not folded. The numbers of hand-overs are of this epoch,
 * or their receivers would take them for what they had before.
 */
async function passOn(
  stack: StackHandle,
  rebuild: ShardRebuild,
  at: { readonly afterPosition: number; readonly partition: number; readonly epoch: number },
): Promise<void> {
  const { reader, writer } = stack;
  const letters = await reader.partitionCount(TOPICS.deadLetters);
  const records: OutgoingRecord[] = [];
  let number = 0;
  for (const entry of await rebuild.unpublished(at.afterPosition)) {
    const { topic, key, headers } = entry;
    if (key === null) continue;
    if (topic === TOPICS.deadLetters) {
      const partition = partitionFor(key, letters);
      records.push({ topic, partition, key, value: entry.value, headers });
    } else if (topic === TOPICS.customerLog) {
      number += 1;
      const value = renumbered(stack, entry, { ...at, number });
      records.push({ topic, partition: partitionFor(key, stack.partitions), key, value, headers });
    }
  }
  for (let from = 0; from < records.length; from += RECORDS_PER_SEND) {
    await writer.send(records.slice(from, from + RECORDS_PER_SEND));
  }
}

function renumbered(
  { serdes }: StackHandle,
  { value }: OutboxEntry,
  { partition, epoch, number }: { partition: number; epoch: number; number: number },
): Uint8Array {
  const record = logRecordFromWire(serdes.customerLog.decode(value ?? new Uint8Array()));
  if (!('from' in record)) throw new TypeError('A hand-over says where it comes from');
  const from = { partition, epoch, number };
  return serdes.customerLog.encode(logRecordToWire({ ...record, from }));
}
