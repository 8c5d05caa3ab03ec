import {
  type CustomerState,
  type FoldNote,
  type FoldResult,
  fold,
  type Instant,
  initialPartition,
  type Output,
  type PartitionState,
  type TierChange,
} from '@strata/domain';
import {
  decodeCustomer,
  decodePartition,
  encodeCustomer,
  encodePartition,
  encodeRates,
} from '@strata/state-codec';

import type { LoggedRecord } from './oracle/oracle.ts';

export const PARTITION = 7;

/** Folds a log of one partition and keeps what a scorer would keep, as bytes would bring it back. */
export class FoldDriver {
  partition: PartitionState = initialPartition(PARTITION);
  readonly customers = new Map<string, CustomerState>();
  /** Whom the last record touched, and when each is due next. */
  readonly touched = new Map<string, Instant | null>();
  readonly outputs: Output[] = [];
  readonly notes: FoldNote[] = [];
  /** Everything that was folded. */
  readonly log: LoggedRecord[] = [];

  apply(record: LoggedRecord): readonly Output[] {
    this.touched.clear();
    this.log.push(record);
    return this.#fold(record).outputs;
  }

  #fold({ offset, appendedAt, record }: LoggedRecord): FoldResult {
    const at = { partition: PARTITION, offset, appendedAt };
    const result = fold({ partition: this.partition, customers: this.customers, record, at });
    this.partition = decodePartition(
      encodePartition(result.partition),
      encodeRates(result.partition.rates),
    );
    for (const [id, state] of result.customers) {
      this.customers.set(id, decodeCustomer(encodeCustomer(state)));
    }
    for (const [id, due] of result.dueAt) this.touched.set(id, due);
    this.outputs.push(...result.outputs);
    this.notes.push(...result.notes);
    return result;
  }

  changesOf(customerId: string): TierChange[] {
    return this.outputs.filter(
      (it): it is TierChange => it.kind === 'tier-change' && it.customerId === customerId,
    );
  }
}
