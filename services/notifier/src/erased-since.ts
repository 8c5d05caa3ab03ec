import type { LogReader } from '@strata/pipeline';
import { erasedBy } from './steps/read-changes.ts';

interface Known {
  /** From here on every erasure is known. */
  from: number;
  /** By customer, the offset of the last erasure. */
  readonly offsets: Map<string, number>;
}

/**
 * Who was erased behind a place of the topic that is read again: what lies before the erasure must not be told any more.
 * The common reader notes those it meets; those before it are looked up once.
 */
export class ErasedSince {
  readonly #log: Pick<LogReader, 'read'>;
  readonly #topic: string;
  readonly #known = new Map<number, Known>();

  constructor(log: Pick<LogReader, 'read'>, topic: string) {
    this.#log = log;
    this.#topic = topic;
  }

  forgetAll(): void {
    this.#known.clear();
  }

  /** Noted by the common reader, whose records come one after the other. */
  note(partition: number, customerId: string, offset: number): void {
    this.#known.get(partition)?.offsets.set(customerId, offset);
  }

  /** Looks up what lies in [from, to), unless it is known. To be called while the common reader stands at `to`. */
  async lookUp(partition: number, { from, to }: { from: number; to: number }): Promise<void> {
    const known = this.#known.get(partition) ?? { from: to, offsets: new Map<string, number>() };
    for await (const records of this.#log.read(
      { topic: this.#topic, partition, offset: Math.min(from, known.from) },
      known.from,
    )) {
      for (const record of records) {
        const customerId = record.value === null ? erasedBy(record) : null;
        if (customerId === null) continue;
        const last = known.offsets.get(customerId) ?? -1;
        known.offsets.set(customerId, Math.max(last, record.offset));
      }
    }
    known.from = Math.min(from, known.from);
    this.#known.set(partition, known);
  }

  isErasedAfter(partition: number, customerId: string, offset: number): boolean {
    return (this.#known.get(partition)?.offsets.get(customerId) ?? -1) > offset;
  }
}
