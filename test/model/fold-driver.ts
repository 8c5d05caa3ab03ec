import {
  type CustomerState,
  type FoldNote,
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
  readonly dueAt = new Map<string, Instant | null>();
  readonly outputs: Output[] = [];
  readonly notes: FoldNote[] = [];

  apply({ offset, appendedAt, record }: LoggedRecord): readonly Output[] {
    const at = { partition: PARTITION, offset, appendedAt };
    const result = fold({ partition: this.partition, customers: this.customers, record, at });
    this.partition = decodePartition(
      encodePartition(result.partition),
      encodeRates(result.partition.rates),
    );
    for (const [id, state] of result.customers) {
      this.customers.set(id, decodeCustomer(encodeCustomer(state)));
    }
    for (const [id, due] of result.dueAt) this.dueAt.set(id, due);
    this.outputs.push(...result.outputs);
    this.notes.push(...result.notes);
    return result.outputs;
  }

  changesOf(customerId: string): TierChange[] {
    return this.outputs.filter(
      (it): it is TierChange => it.kind === 'tier-change' && it.customerId === customerId,
    );
  }
}
