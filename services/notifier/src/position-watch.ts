import type { TopicPartition } from '@strata/pipeline';
import type { TierChangeEnqueuer } from './enqueue-tier-changes.ts';
import type { NotifierPorts } from './ports.ts';

/**
 * Holds silent partitions against the queue. A batch finds out by itself that the queue lost its last writes, and with
 * them jobs; a partition without tier changes has none, and its deliveries would wait for the next one.
 */
export class PositionWatch {
  readonly #ports: Pick<NotifierPorts, 'alarm' | 'group' | 'logger'>;
  readonly #enqueuer: TierChangeEnqueuer;
  readonly #settings: { readonly topic: string; readonly everyMs: number };
  #cancel = (): void => {};
  #isStopped = false;

  constructor(
    ports: Pick<NotifierPorts, 'alarm' | 'group' | 'logger'>,
    enqueuer: TierChangeEnqueuer,
    settings: { readonly topic: string; readonly everyMs: number },
  ) {
    this.#ports = ports;
    this.#enqueuer = enqueuer;
    this.#settings = settings;
  }

  start(): void {
    if (!this.#isStopped) {
      this.#cancel = this.#ports.alarm(this.#settings.everyMs, () => void this.#look());
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    for (const partition of this.#enqueuer.partitions()) {
      const at: TopicPartition = { topic: this.#settings.topic, partition };
      try {
        if (await this.#enqueuer.hasLost(partition)) this.#ports.group.reacquire(at);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#ports.logger.warn({ partition, reason }, 'The stored position could not be read');
      }
    }
    this.start();
  }
}
