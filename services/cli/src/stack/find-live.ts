import { logRecordFromWire, TOPICS } from '@strata/contracts';
import type { GoneLive } from '@strata/domain';
import { SerdeFault } from '@strata/pipeline';
import { viewPartition } from '@strata/shard-state';
import type { StackHandle } from './stack-handle.ts';

type LiveStack = Pick<StackHandle, 'reader' | 'serdes' | 'store'>;

/**
 * Whether a partition came from data to wall time, and at which instant. The state knows, as far as it is folded; what
 * lies behind that, all of it where the state is gone, is read.
 */
export async function findLive(
  { reader, serdes, store }: LiveStack,
  partition: number,
): Promise<Pick<GoneLive, 'at' | 'announceFrom'> | null> {
  const { state, next } = await viewPartition(store, partition);
  if (state.live !== null) return state.live;
  const { start = 0, end = 0 } = (await reader.bounds(TOPICS.customerLog))[partition] ?? {};
  const offset = Math.max(start, next);
  if (offset >= end) return null;
  for await (const batch of reader.read({ topic: TOPICS.customerLog, partition, offset }, end)) {
    // Records of customers have keys; the one that is looked for has none.
    const own = batch.filter(({ key, value }) => key === null && value !== null);
    await serdes.prepare(own);
    for (const { value } of own) {
      const record = readable(() =>
        logRecordFromWire(serdes.customerLog.decode(value ?? new Uint8Array())),
      );
      if (record?.kind === 'went-live') return record;
    }
  }
  return null;
}

/** Null for what the scorer made a dead letter of. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SerdeFault) return null;
    throw error;
  }
}
