import type { OutboxEntry, OutputNumber } from '@strata/pipeline';
import type { ShardLedger } from '@strata/shard-state';

type Bytes = Uint8Array;

/** What an output is once it has its number. */
export interface NumberedOutput {
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: Readonly<Record<string, Bytes>>;
}

/** Numbers outputs without a gap, by partition and by topic, going on where the committed ledger stands. */
export class OutboxDraft {
  readonly entries: OutboxEntry[] = [];
  #epoch: number;
  #seqs: Record<string, number>;
  #position: number;

  constructor(ledger: ShardLedger) {
    this.#epoch = ledger.epoch;
    this.#position = ledger.position;
    this.#seqs = { ...ledger.seqs };
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** From here on every topic counts from 1 again. Positions go on: the outbox is one. */
  beginEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#seqs = {};
  }

  get position(): number {
    return this.#position;
  }

  get seqs(): Readonly<Record<string, number>> {
    return this.#seqs;
  }

  add(topic: string, build: (number: OutputNumber) => NumberedOutput): void {
    const seq = (this.#seqs[topic] ?? 0) + 1;
    const output = build({ epoch: this.#epoch, seq });
    this.#seqs[topic] = seq;
    this.#position += 1;
    this.entries.push({ position: this.#position, topic, seq, ...output });
  }
}
