import {
  type CustomerState,
  type FoldNote,
  type FoldResult,
  fold,
  handOverRecord,
  type Instant,
  initialPartition,
  type Output,
  type PartitionState,
  type TierChange,
} from '@strata/domain';
import { decodePartition, encodePartition, openCustomer, packCustomer } from '@strata/state-codec';

import type { LoggedRecord } from './oracle/oracle.ts';

export const PARTITION = 7;

/** Folds a log of one partition and keeps what a scorer would keep, as bytes would bring it back. */
export class FoldDriver {
  partition: PartitionState = initialPartition(PARTITION);
  readonly customers = new Map<string, CustomerState>();
  /** Whom the last record and its hand-overs touched, and when each is due next. */
  readonly touched = new Map<string, Instant | null>();
  readonly outputs: Output[] = [];
  readonly notes: FoldNote[] = [];
  /** Everything that was folded. */
  readonly log: LoggedRecord[] = [];
  #handedOver = 0;

  /** The record, and right behind it what it hands over to other customers, breadth first. */
  apply(logged: LoggedRecord): readonly Output[] {
    const outputs: Output[] = [];
    this.touched.clear();
    const queue = [logged];
    for (const record of queue) {
      this.log.push(record);
      const result = this.#fold(record);
      outputs.push(...result.outputs);
      for (const handOver of result.handOvers) {
        const from = { partition: PARTITION, epoch: 1, number: ++this.#handedOver };
        const offset = logged.offset + queue.length;
        queue.push({ ...logged, offset, record: handOverRecord(handOver, from) });
      }
    }
    return outputs;
  }

  #fold({ offset, appendedAt, record }: LoggedRecord): FoldResult {
    const at = { partition: PARTITION, offset, appendedAt };
    const result = fold({ partition: this.partition, customers: this.customers, record, at });
    this.#keep(result.partition);
    for (const [id, state] of result.customers) {
      if (state === null) {
        this.customers.delete(id);
        continue;
      }
      const { value, pages } = packCustomer(state);
      this.customers.set(id, openCustomer(value).complete(pages.map(({ bytes }) => bytes)));
    }
    for (const [id, due] of result.dueAt) this.touched.set(id, due);
    this.outputs.push(...result.outputs);
    this.notes.push(...result.notes);
    return result;
  }

  /** Where nothing but the clock has moved, as nearly every record moves it, its bytes were tried with the last that did. */
  #keep(partition: PartitionState): void {
    const { clock } = partition;
    const before: PartitionState = { ...this.partition, clock };
    const names = Object.keys(partition) as (keyof PartitionState)[];
    this.partition = names.every((name) => partition[name] === before[name])
      ? before
      : (decodePartition(encodePartition(partition)) as PartitionState);
  }

  changesOf(customerId: string): TierChange[] {
    return this.outputs.filter(
      (it): it is TierChange => it.kind === 'tier-change' && it.customerId === customerId,
    );
  }
}
