import type { PositionKeeper, TopicPartition } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
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

  constructor(
    ports: Pick<NotifierPorts, 'queue' | 'logger'> & { readonly keeper: PositionKeeper },
    settings: Pick<NotifierSettings, 'groupId' | 'topic' | 'subscriptions'>,
    enqueuer: TierChangeEnqueuer,
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#enqueuer = enqueuer;
  }

  async keep(): Promise<void> {
    for (const endpoint of this.#settings.subscriptions.current().keys()) {
      const offsets: (TopicPartition & { readonly offset: number })[] = [];
      for (const partition of this.#enqueuer.partitions()) {
        const place = { topic: this.#settings.topic, partition };
        const offset = await this.#finished(endpoint, partition);
        if (offset !== null && this.#kept.get(keyOf(endpoint, place)) !== offset) {
          offsets.push({ ...place, offset });
        }
      }
      if (offsets.length === 0) continue;
      await this.#ports.keeper.keep(endpointGroup(this.#settings.groupId, endpoint), offsets);
      for (const each of offsets) this.#kept.set(keyOf(endpoint, each), each.offset);
    }
  }

  /** In this order: what is added while this looks lies behind the place that was read first. */
  async #finished(endpoint: string, partition: number): Promise<number | null> {
    const position = this.#enqueuer.positionOf(partition);
    if (position === null) return null;
    const backlog = this.#enqueuer.backlogs.of(endpoint, partition)?.offset ?? position.offset;
    const pending = await this.#ports.queue.oldestPending(endpoint, partition);
    return Math.min(position.offset, backlog, pending ?? position.offset);
  }
}

function keyOf(endpoint: string, place: TopicPartition): string {
  return `${endpoint} ${tpKey(place)}`;
}
