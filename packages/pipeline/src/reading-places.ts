import { type Lag, PartitionEnd } from './partition-end.ts';
import { type LogReader, type RecordBatch, type TopicPartition, tpKey } from './ports.ts';

interface Place extends TopicPartition {
  /** Offset of the next record to take; null before it is known. */
  next: number | null;
  /** Broker's time of the first record in hand; null where none is in hand. */
  inHandSinceMs: number | null;
  readonly end: PartitionEnd;
}

export interface ReadingLag extends TopicPartition {
  /** Null where it is not known, which is not the same as none. */
  readonly lag: Lag | null;
}

/** How far a member of a group is in the partitions that it has, for whoever looks. Nothing is decided by it. */
export class ReadingPlaces {
  readonly #places = new Map<string, Place>();

  /** Everything that was read before is somebody else's, or begins anew. */
  joined(
    assigned: readonly TopicPartition[],
    starts: ReadonlyMap<string, number> = new Map(),
  ): void {
    this.#places.clear();
    this.reacquired(assigned, starts);
  }

  reacquired(assigned: readonly TopicPartition[], starts: ReadonlyMap<string, number>): void {
    for (const { topic, partition } of assigned) {
      const key = tpKey({ topic, partition });
      const end = this.#places.get(key)?.end ?? new PartitionEnd();
      const next = starts.get(key) ?? null;
      this.#places.set(key, { topic, partition, next, inHandSinceMs: null, end });
    }
  }

  /** `isAppendTime`: the times of the topic's records are the broker's, and not what a producer said. */
  began(batch: RecordBatch, nowMs: number, isAppendTime: boolean): void {
    const place = this.#places.get(tpKey(batch));
    if (place === undefined) return;
    const [first] = batch.records;
    place.end.saw(batch.logEnd, nowMs);
    place.next = first?.offset ?? place.next;
    place.inHandSinceMs = (isAppendTime ? first?.appendedAt : null) ?? null;
  }

  done(batch: RecordBatch): void {
    const place = this.#places.get(tpKey(batch));
    if (place === undefined) return;
    place.next = batch.nextOffset;
    place.inHandSinceMs = null;
  }

  /**
   * Asks the log where the partitions end, as no batch tells of one of which nothing comes, and the group where those
   * go on of which nothing has come yet. A member without partitions asks, too: so it is known whether it could.
   */
  async lookAt(
    log: Pick<LogReader, 'bounds' | 'committed'>,
    { groupId, topics }: { readonly groupId: string; readonly topics: readonly string[] },
    nowMs: () => number,
  ): Promise<void> {
    const places = [...this.#places.values()];
    const isUnknown = places.some(({ next }) => next === null);
    const committed = isUnknown ? await log.committed(groupId, topics) : new Map<string, number>();
    for (const topic of topics) {
      const bounds = await log.bounds(topic);
      const atMs = nowMs();
      for (const place of places) {
        const bound = place.topic === topic ? bounds[place.partition] : undefined;
        if (bound === undefined) continue;
        place.end.saw(bound.end, atMs);
        place.next ??= committed.get(tpKey(place)) ?? bound.start;
      }
    }
  }

  lags(nowMs: number): readonly ReadingLag[] {
    return [...this.#places.values()].map(({ topic, partition, next, end, inHandSinceMs }) => {
      const lag = next === null ? null : end.lagOf(next, nowMs);
      if (lag === null || lag.records === 0 || inHandSinceMs === null)
        return { topic, partition, lag };
      return { topic, partition, lag: { ...lag, ms: Math.max(lag.ms, nowMs - inHandSinceMs) } };
    });
  }
}
