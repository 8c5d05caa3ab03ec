import type { PositionKeeper, TopicPartition } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
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
    const endpoints = [...this.#settings.subscriptions.current().keys()];
    const finished = new Map<string, (TopicPartition & { readonly offset: number })[]>();
    for (const partition of this.#enqueuer.partitions()) {
      const place = { topic: this.#settings.topic, partition };
      // Of one instant: a store that goes back in between would make what it lost look finished.
      const { position, notes, oldest } = await this.#ports.queue.standing(partition, endpoints);
      if (position === null) continue;
      for (const endpoint of endpoints) {
        const backlog = backlogIn(notes, endpoint, partition)?.offset ?? position.offset;
        const pending = oldest.get(endpoint) ?? position.offset;
        const offset = Math.min(position.offset, backlog, pending);
        if (this.#kept.get(keyOf(endpoint, place)) === offset) continue;
        finished.set(endpoint, [...(finished.get(endpoint) ?? []), { ...place, offset }]);
      }
    }
    for (const [endpoint, offsets] of finished) {
      await this.#ports.keeper.keep(endpointGroup(this.#settings.groupId, endpoint), offsets);
      for (const each of offsets) this.#kept.set(keyOf(endpoint, each), each.offset);
    }
  }
}

function keyOf(endpoint: string, place: TopicPartition): string {
  return `${endpoint} ${tpKey(place)}`;
}
