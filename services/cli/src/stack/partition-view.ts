import { type CustomerState, initialPartition, type PartitionState } from '@strata/domain';
import type { StateStore } from '@strata/pipeline';
import { readCustomers, SHARD_FIELDS } from '@strata/scorer';
import { decodePartition } from '@strata/state-codec';

/** What the scorer has made of one partition of the customer log so far. */
export interface PartitionView {
  readonly state: PartitionState;
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
  const bytes = shard.fields[SHARD_FIELDS.state];
  return {
    state:
      bytes === undefined
        ? initialPartition(partition)
        : decodePartition(bytes, shard.fields[SHARD_FIELDS.rates]),
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
