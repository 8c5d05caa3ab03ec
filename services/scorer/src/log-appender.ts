import { TOPICS, type WireRecord } from '@strata/contracts';
import type { LogWriter, OutgoingRecord, Serde } from '@strata/pipeline';

/**
 * Appends the scorer's own records (ticks, activations) to the customer log, and tombstones to the dead letters. They
 * come from different loops, and a writer takes one send at a time: they queue here.
 */
export class LogAppender {
  readonly #writer: LogWriter;
  readonly #serde: Serde<WireRecord>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(writer: LogWriter, serde: Serde<WireRecord>) {
    this.#writer = writer;
    this.#serde = serde;
  }

  append(entries: readonly { partition: number; wire: WireRecord }[]): Promise<void> {
    const records = entries.map(({ partition, wire }) => ({
      topic: TOPICS.customerLog,
      partition,
      key: null,
      value: this.#serde.encode(wire),
      headers: {},
    }));
    return this.send(records);
  }

  send(records: readonly OutgoingRecord[]): Promise<void> {
    const send = this.#last.then(() => this.#writer.send(records));
    this.#last = send.catch(() => {});
    return send;
  }
}
