import type { LogWriter, OutgoingRecord } from '@strata/pipeline';

interface Waiting {
  readonly records: readonly OutgoingRecord[];
  readonly signal: AbortSignal | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A send holds a bounded share of memory, whatever waits behind it. */
const SEND_RECORDS_MAX = 10_000;

/**
 * Appends what the batches of all partitions have to write. A writer takes one send at a time, so
 * what comes while one is under way goes out together in the next. Order holds within a caller,
 * which awaits each call; a rejected send is unknown to all of its callers, and each brings its
 * batch again.
 */
export class Appender {
  readonly #writer: LogWriter;
  #waiting: Waiting[] = [];
  #isSending = false;

  constructor(writer: LogWriter) {
    this.#writer = writer;
  }

  /** What is aborted before its send begins is not sent, and rejects with the reason. */
  append(records: readonly OutgoingRecord[], signal?: AbortSignal): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, signal, resolve, reject });
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const group = this.#next();
      if (group.length === 0) continue;
      try {
        await this.#writer.send(group.flatMap(({ records }) => records));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isSending = false;
  }

  #next(): readonly Waiting[] {
    let count = 0;
    let records = 0;
    do {
      records += this.#waiting[count]?.records.length ?? 0;
      count += 1;
    } while (count < this.#waiting.length && records < SEND_RECORDS_MAX);
    return this.#waiting.splice(0, count).filter(({ signal, reject }) => {
      if (signal?.aborted !== true) return true;
      reject(signal.reason);
      return false;
    });
  }
}
