import { type TierChangeEvent, TOPICS, tierChangeFromWire } from '@strata/contracts';
import type { StackHandle } from '../stack/stack-handle.ts';

/** Reads the published tier changes as they come, each once, as any consumer outside would. */
export class ChangeFollower {
  readonly #stack: Pick<StackHandle, 'reader' | 'serdes' | 'partitions'>;
  readonly #next: number[];

  constructor(stack: Pick<StackHandle, 'reader' | 'serdes' | 'partitions'>) {
    this.#stack = stack;
    this.#next = Array.from({ length: stack.partitions }, () => 0);
  }

  /** What was published since the last call, in the order of what it says. */
  async take(): Promise<readonly TierChangeEvent[]> {
    const { reader, serdes } = this.#stack;
    const changes: TierChangeEvent[] = [];
    for (const [partition, offset] of this.#next.entries()) {
      for await (const batch of reader.read({ topic: TOPICS.tierChanges, partition, offset })) {
        await serdes.prepare(batch);
        for (const record of batch) {
          this.#next[partition] = record.offset + 1;
          if (record.value === null) continue;
          changes.push(tierChangeFromWire(serdes.tierChanges.decode(record.value)));
        }
      }
    }
    return changes.toSorted((a, b) => a.effectiveAt - b.effectiveAt);
  }
}
