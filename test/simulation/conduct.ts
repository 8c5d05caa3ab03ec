import { type OutgoingRecord, outputNumberOf, type TopicRecord, tpKey } from '@strata/pipeline';

/**
 * What one process may not do with what it knows, even where a guard behind it would mend it: commit for a partition
 * that it knows to be lost, commit twice without a heartbeat, or send what the tail that it has read holds already.
 */
export class Conduct {
  readonly #fail: (what: string) => void;
  /** By partition those in hand, most often one. */
  readonly #batches = new Map<number, { commits: number; readonly owned: Set<() => boolean> }>();
  readonly #tails = new Map<string, number>();
  #areTailsKnown = false;

  constructor(fail: (what: string) => void) {
    this.#fail = fail;
  }

  /** Answers what to call when the batch has ended. */
  batchBegins(partition: number, isOwned: () => boolean): () => void {
    const batches = this.#batches.get(partition) ?? { commits: 0, owned: new Set() };
    this.#batches.set(partition, batches);
    if (batches.owned.size === 0) batches.commits = 0;
    batches.owned.add(isOwned);
    return () => {
      batches.owned.delete(isOwned);
      // The last of what it committed, if anything, was refused: then no heartbeat follows.
      batches.commits = Math.max(0, batches.commits - 1);
    };
  }

  beats(partition: number): void {
    const batches = this.#batches.get(partition);
    if (batches !== undefined) batches.commits = 0;
  }

  commits(partition: number): void {
    const batches = this.#batches.get(partition);
    if (batches === undefined || batches.owned.size === 0) return;
    batches.commits += 1;
    if (batches.commits > batches.owned.size)
      this.#fail(`commits twice to partition ${partition} without a heartbeat`);
    if (![...batches.owned].some((isOwned) => isOwned()))
      this.#fail(`commits to partition ${partition}, which it knows to be lost`);
  }

  hasRead(tails: Iterable<readonly [place: string, tail: TopicRecord | null]>): void {
    for (const [place, tail] of tails) {
      this.#tails.set(place, tail === null ? 0 : outputNumberOf(tail).seq);
    }
    this.#areTailsKnown = true;
  }

  /** To be called with what is numbered in its topic. */
  sends(records: readonly OutgoingRecord[]): void {
    if (records.length === 0) return;
    if (!this.#areTailsKnown)
      this.#fail('sends outputs after a failed send without a look at the tails');
    for (const record of records) {
      const { seq } = outputNumberOf(record);
      const tail = this.#tails.get(tpKey(record));
      if (tail === undefined) this.#fail(`sends to ${tpKey(record)}, whose tail it has not read`);
      else if (seq <= tail)
        this.#fail(`sends number ${seq} of ${tpKey(record)}, which ends at ${tail}`);
    }
  }

  sendFailed(): void {
    this.#areTailsKnown = false;
  }
}
