import type { PartitionState } from './fold-types.ts';
import type { Instant } from './instant.ts';
import type { RecordCoordinates, WentLive } from './log-record.ts';
import type { AnnounceFrom } from './policy/activation.ts';

/** How a partition came from data time to wall time. */
export interface GoneLive {
  /** The last clock mark before: what was due up to here is told as always, whenever it is settled. */
  readonly since: Instant;
  /** The one instant of all partitions. What fell due after `since` and up to here fell due while no clock ran. */
  readonly at: Instant;
  /** Fewest steps of the ladder by which such a change is announced: 0 for all of them, null for none. */
  readonly announceFrom: AnnounceFrom;
  /** Of the record. */
  readonly offset: number;
}

/** Once: a second record finds the partition on wall time and changes nothing. */
export function wentLive(
  partition: PartitionState,
  { at, announceFrom }: WentLive,
  { appendedAt, offset }: RecordCoordinates,
): PartitionState {
  if (partition.time !== 'data') return partition;
  const { clock: since } = partition;
  const live = { since, at, announceFrom, offset };
  return { ...partition, time: 'wall', clock: Math.max(since, appendedAt), live };
}

/** What a further record of the kind is: the same once more, or one that comes too late to be heeded. */
export function lateLiveNote(
  { time, live }: PartitionState,
  record: WentLive,
): 'repeat' | 'live-already' | null {
  if (time === 'data') return null;
  const isSame = live?.at === record.at && live.announceFrom === record.announceFrom;
  return isSame ? 'repeat' : 'live-already';
}
