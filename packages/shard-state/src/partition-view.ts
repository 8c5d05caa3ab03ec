import { type CustomerState, initialPartition, type PartitionState } from '@strata/domain';
import type { StateStore } from '@strata/pipeline';
import { decodePartition } from '@strata/state-codec';
import { readCustomers } from './read-customers.ts';
import { decodeShardLedger, LEDGER_FIELD, type ShardLedger } from './shard-ledger.ts';

/** What the scorer has made of one partition of the customer log so far. */
export interface PartitionView {
  readonly state: PartitionState;
  /** Null before the first commit. */
  readonly ledger: ShardLedger | null;
  /** Offset of the next record to fold. */
  readonly next: number;
  readonly outboxDepth: number;
  readonly customerCount: number;
  readonly earliestDue: number | null;
}

export async function viewPartition(store: StateStore, partition: number): Promise<PartitionView> {
  const [shard, earliestDue] = await Promise.all([
    store.inspect(partition),
    store.earliestDue(partition),
  ]);
  const ledger = shard.fields[LEDGER_FIELD];
  return {
    state: decodePartition(shard.fields) ?? initialPartition(partition),
    ledger: ledger === undefined ? null : decodeShardLedger(ledger),
    next: shard.next,
    outboxDepth: shard.outboxDepth,
    customerCount: shard.customerCount,
    earliestDue,
  };
}

export function viewPartitions(
  store: StateStore,
  partitions: number,
): Promise<readonly PartitionView[]> {
  return Promise.all(Array.from({ length: partitions }, (_, p) => viewPartition(store, p)));
}

/** Every customer of a partition, in batches, each as some commit left it. */
export async function* viewCustomers(
  store: StateStore,
  partition: number,
): AsyncGenerator<ReadonlyMap<string, CustomerState>> {
  for await (const batch of store.scan(partition)) {
    yield await readCustomers(store, partition, batch);
  }
}

/** Some customers of a partition, those of them that are stored. */
export async function viewSome(
  store: StateStore,
  partition: number,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, CustomerState>> {
  const values = await store.load(partition, customerIds);
  const stored = customerIds.flatMap((customerId, index) => {
    const value = values[index] ?? null;
    return value === null ? [] : [[customerId, value] as const];
  });
  return readCustomers(store, partition, stored);
}
