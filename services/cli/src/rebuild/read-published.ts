import { TOPICS, tierSnapshotFromWire } from '@strata/contracts';
import type { Published } from '@strata/domain';
import { freshnessOf, type OutputNumber, outputNumberOf } from '@strata/pipeline';
import type { StackHandle } from '../stack/stack-handle.ts';

/** What `strata.tiers.v1` says of a customer, by the number under which it says so. */
export interface PublishedTier extends Published {
  readonly customerSeq: number;
  readonly number: OutputNumber;
}

export interface PublishedTiers {
  readonly customers: ReadonlyMap<string, PublishedTier>;
  /** The latest epoch under which anything of the partition was published; 0 for nothing. */
  readonly epoch: number;
}

/** What the world was told of the customers of a partition, who left excepted. The highest number holds, wherever it lies. */
export async function readPublished(
  { reader, serdes }: StackHandle,
  partition: number,
): Promise<PublishedTiers> {
  const customers = new Map<string, PublishedTier>();
  const numbers = new Map<string, OutputNumber>();
  let epoch = 0;
  const { start } = (await reader.bounds(TOPICS.tiers))[partition] ?? { start: 0 };
  for await (const batch of reader.read({ topic: TOPICS.tiers, partition, offset: start })) {
    await serdes.prepare(batch);
    for (const record of batch) {
      const number = outputNumberOf(record);
      epoch = Math.max(epoch, number.epoch);
      if (record.key === null) continue;
      const customerId = new TextDecoder().decode(record.key);
      if (freshnessOf(numbers.get(customerId) ?? null, number) === 'repeat') continue;
      numbers.set(customerId, number);
      customers.delete(customerId);
      if (record.value === null) continue;
      const { tier, policy, customerSeq } = tierSnapshotFromWire(serdes.tiers.decode(record.value));
      if (tier !== null) customers.set(customerId, { tier, policy, customerSeq, number });
    }
  }
  return { customers, epoch: Math.max(epoch, await lastEpoch(reader, partition)) };
}

async function lastEpoch(reader: StackHandle['reader'], partition: number): Promise<number> {
  const tails = await reader.tails([{ topic: TOPICS.tierChanges, partition }]);
  const [tail] = tails.values();
  return tail === undefined || tail === null ? 0 : outputNumberOf(tail).epoch;
}
