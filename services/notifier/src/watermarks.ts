import { PartitionEnd, type PositionKeeper, type TopicPartition, tpKey } from '@strata/pipeline';
import { backlogIn } from './backlogs.ts';
import type { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import type { NotifierPorts, NotifierSettings } from './ports.ts';

/** The name under which the broker keeps how far everything of an endpoint is finished. */
export function endpointGroup(groupId: string, endpoint: string): string {
  return `${groupId}.${endpoint}`;
}

/**
 * Tells the broker, for each endpoint and partition, up to where every delivery is finished. The queue's store may be
 * lost whole; then this is what makes the difference between what was pending and what was told long ago.
 */
export class Watermarks {
  readonly #ports: Pick<NotifierPorts, 'queue' | 'logger'> & { readonly keeper: PositionKeeper };
  readonly #settings: Pick<NotifierSettings, 'groupId' | 'topic' | 'subscriptions'>;
  readonly #enqueuer: TierChangeEnqueuer;
  readonly #kept = new Map<string, number>();
  /** By partition, how far the common reader was when: what an endpoint has not finished of that waits since then. */
  readonly #read = new Map<number, PartitionEnd>();

  constructor(
    ports: Pick<NotifierPorts, 'queue' | 'logger'> & { readonly keeper: PositionKeeper },
    settings: Pick<NotifierSettings, 'groupId' | 'topic' | 'subscriptions'>,
    enqueuer: TierChangeEnqueuer,
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#enqueuer = enqueuer;
  }

  /** Answers for how many milliseconds the oldest of what an endpoint has not finished is known to wait; 0 for nothing. */
  async keep(nowMs: number): Promise<ReadonlyMap<string, number>> {
    const waits = new Map<string, number>();
    const endpoints = [...this.#settings.subscriptions.current().keys()];
    const finished = new Map<string, (TopicPartition & { readonly offset: number })[]>();
    for (const partition of this.#enqueuer.partitions()) {
      const place = { topic: this.#settings.topic, partition };
      // Of one instant: a store that goes back in between would make what it lost look finished.
      const { position, notes, oldest } = await this.#ports.queue.standing(partition, endpoints);
      if (position === null) continue;
      const read = this.#readOf(partition);
      read.saw(position.offset, nowMs);
      for (const endpoint of endpoints) {
        const backlog = backlogIn(notes, endpoint, partition)?.offset ?? position.offset;
        const pending = oldest.get(endpoint) ?? position.offset;
        const offset = Math.min(position.offset, backlog, pending);
        const waitMs = read.lagOf(offset, nowMs)?.ms ?? 0;
        waits.set(endpoint, Math.max(waits.get(endpoint) ?? 0, waitMs));
        if (this.#kept.get(keyOf(endpoint, place)) === offset) continue;
        finished.set(endpoint, [...(finished.get(endpoint) ?? []), { ...place, offset }]);
      }
    }
    for (const [endpoint, offsets] of finished) {
      await this.#ports.keeper.keep(endpointGroup(this.#settings.groupId, endpoint), offsets);
      for (const each of offsets) this.#kept.set(keyOf(endpoint, each), each.offset);
    }
    return waits;
  }

  #readOf(partition: number): PartitionEnd {
    const known = this.#read.get(partition);
    if (known !== undefined) return known;
    const read = new PartitionEnd();
    this.#read.set(partition, read);
    return read;
  }
}

function keyOf(endpoint: string, place: TopicPartition): string {
  return `${endpoint} ${tpKey(place)}`;
}
