import { TOPICS } from '@strata/contracts';
import { fold, initialPartition } from '@strata/domain';
import { silentLogger } from '@strata/pipeline';
import { createScorerMetrics, type RebuildSeed, ShardRebuild } from '@strata/scorer';
import { createMetrics, systemClock } from '@strata/service-runtime';
import { viewPartition } from '@strata/shard-state';
import type { StackHandle } from '../stack/stack-handle.ts';
import { compareStores, type StoreDifference } from './compare-stores.ts';

/** The store beside the live one in which partitions are rebuilt. */
export const BESIDE = 'rebuild';
/** While it was folded the live one went on; after so many times it is close enough, for the scorer folds the rest. */
const ROUNDS_MAX = 5;

export interface PartitionRebuilt {
  readonly partition: number;
  /** Where an earlier try had ended; 0 for a rebuild from the beginning. */
  readonly from: number;
  readonly upTo: number;
  readonly customers: number;
  readonly difference: StoreDifference;
  readonly hash: 'same' | 'differs' | 'unknown';
}

export interface RebuildWatch {
  readonly signal: AbortSignal;
  readonly onRecords: (count: number) => void;
}

/** Folds one partition again beside the live one, compares the two, and puts the new one in its place. */
export async function rebuildPartition(
  stack: StackHandle,
  partition: number,
  watch: RebuildWatch,
): Promise<PartitionRebuilt> {
  const { store } = stack;
  const beside = store.beside(BESIDE);
  const rebuild = await openRebuild(stack, partition);
  const from = rebuild.next;
  const foldTo = (next: number): Promise<void> =>
    rebuild.foldTo(next, { signal: watch.signal, onFolded: watch.onRecords });
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const end = await liveNext(stack, partition);
    if (end <= rebuild.next) break;
    await foldTo(end);
  }
  const difference = await compareStores(store, beside, { partition, foldTo });
  const hash = await compareHashes(stack, partition);
  const { customerCount } = await beside.inspect(partition);
  const upTo = rebuild.next;
  await rebuild.adopt();
  return { partition, from, upTo, customers: customerCount, difference, hash };
}

/** The new state of a partition as far as an earlier try has brought it. */
export function openRebuild(
  { store, reader, serdes, seal, markerOf }: StackHandle,
  partition: number,
  seed: RebuildSeed | null = null,
): Promise<ShardRebuild> {
  const beside = store.beside(BESIDE);
  const metrics = createScorerMetrics(createMetrics({ withProcess: false }));
  const tools = {
    serde: serdes.of,
    seal,
    markerOf,
    clock: systemClock,
    metrics,
    // What was told when it was folded first is not told again.
    logger: silentLogger,
    fold,
    initialPartition,
  };
  return ShardRebuild.open({ beside, reader, ...tools }, partition, seed);
}

/** How far the live state is; of one that is gone, how far the log is. */
async function liveNext({ store, reader }: StackHandle, partition: number): Promise<number> {
  const { next } = await store.holder(partition);
  if (next > 0) return next;
  return (await reader.bounds(TOPICS.customerLog))[partition]?.end ?? 0;
}

async function compareHashes(
  { store }: StackHandle,
  partition: number,
): Promise<PartitionRebuilt['hash']> {
  const [live, built] = await Promise.all([
    viewPartition(store, partition),
    viewPartition(store.beside(BESIDE), partition),
  ]);
  if (live.next !== built.next || live.ledger === null || built.ledger === null) return 'unknown';
  return live.ledger.decisionHash === built.ledger.decisionHash ? 'same' : 'differs';
}
