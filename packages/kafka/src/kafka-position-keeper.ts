import type { Logger, PositionKeeper, TopicPartition } from '@strata/pipeline';
import { silentLogger } from '@strata/pipeline';
import type { KafkaSettings } from './kafka-connection.ts';
import { KafkaFetcher } from './kafka-fetcher.ts';

/** `PositionKeeper` on Kafka's own offset commits, by groups that never have a member. */
export class KafkaPositionKeeper implements PositionKeeper {
  readonly #fetcher: KafkaFetcher;

  constructor(settings: KafkaSettings, options: { readonly logger?: Logger } = {}) {
    this.#fetcher = new KafkaFetcher(settings, options.logger ?? silentLogger);
  }

  async keep(
    groupId: string,
    offsets: readonly (TopicPartition & { readonly offset: number })[],
  ): Promise<void> {
    await this.#fetcher.commit(groupId, offsets);
  }

  async close(): Promise<void> {
    await this.#fetcher.close();
  }
}
