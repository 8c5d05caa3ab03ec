import { type TierSnapshot, TOPICS, tierSnapshotFromWire } from '@strata/contracts';
import { compareBytewise } from '@strata/domain';
import { freshnessOf, type OutputNumber, outputNumberOf } from '@strata/pipeline';
import type { StackHandle } from '../stack/stack-handle.ts';

export interface TiersRead {
  /** By customer id, bytewise; who has left is not among them. */
  readonly snapshots: readonly TierSnapshot[];
  /** By partition of `strata.tiers.v1`: everything before this offset is in it. */
  readonly offsets: readonly number[];
}

/** Where everybody stands, as `strata.tiers.v1` says it up to its end at the call. */
export async function readTiers(
  { reader, serdes }: Pick<StackHandle, 'reader' | 'serdes'>,
  onRead: (records: number) => void,
): Promise<TiersRead> {
  const bounds = await reader.bounds(TOPICS.tiers);
  const snapshots: TierSnapshot[] = [];
  for (const [partition, { start, end }] of bounds.entries()) {
    const held = new Map<string, { number: OutputNumber; snapshot: TierSnapshot | null }>();
    const from = { topic: TOPICS.tiers, partition, offset: start };
    for await (const batch of reader.read(from, end)) {
      await serdes.prepare(batch);
      for (const record of batch) {
        if (record.key === null) continue;
        const customerId = new TextDecoder().decode(record.key);
        const number = outputNumberOf(record);
        // The highest number holds, wherever compaction has left it.
        if (freshnessOf(held.get(customerId)?.number ?? null, number) === 'repeat') continue;
        const snapshot =
          record.value === null ? null : tierSnapshotFromWire(serdes.tiers.decode(record.value));
        held.set(customerId, { number, snapshot });
      }
      onRead(batch.length);
    }
    for (const { snapshot } of held.values()) if (snapshot !== null) snapshots.push(snapshot);
  }
  snapshots.sort((a, b) => compareBytewise(a.customerId, b.customerId));
  return { snapshots, offsets: bounds.map(({ end }) => end) };
}
