import { TOPICS, type UndeliveredLetter, undeliveredToWire } from '@strata/contracts';
import { type LogWriter, type OutgoingRecord, partitionFor } from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';

/** Letters of deliveries that were given up. */
export class LetterBox {
  readonly #writer: LogWriter;
  readonly #serde: TopicSerde;
  readonly #partitions: () => Promise<number>;

  constructor(writer: LogWriter, serde: TopicSerde, partitions: () => Promise<number>) {
    this.#writer = writer;
    this.#serde = serde;
    this.#partitions = partitions;
  }

  async write(letter: UndeliveredLetter): Promise<void> {
    await this.#send([letter.deliveryId], this.#serde.encode(undeliveredToWire(letter)));
  }

  /** Their deliveries were asked for again. */
  async withdraw(deliveryIds: readonly string[]): Promise<void> {
    await this.#send(deliveryIds, null);
  }

  async #send(deliveryIds: readonly string[], value: Uint8Array | null): Promise<void> {
    if (deliveryIds.length === 0) return;
    const partitions = await this.#partitions();
    const records = deliveryIds.map((deliveryId): OutgoingRecord => {
      const key = Buffer.from(deliveryId);
      const partition = partitionFor(key, partitions);
      return { topic: TOPICS.undelivered, partition, key, value, headers: {} };
    });
    await this.#writer.send(records);
  }
}
