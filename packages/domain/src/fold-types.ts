import type { CalibrationInForce } from './calibration/calibration.ts';
import type { CustomerState } from './customer-state.ts';
import type { Erasures } from './erasures.ts';
import type { GoneLive } from './going-live.ts';
import type { Instant } from './instant.ts';
import {
  type HandOverOrigin,
  type HandOverRecord,
  MERGE_REFUSALS,
  type TimeMode,
} from './log-record.ts';
import type { Activation, Swept } from './policy/activation.ts';
import type { PolicySet } from './policy/policy.ts';
import type { Rates } from './rates/rates.ts';
import type { TierChange } from './tier/tier-change.ts';

/** What the fold keeps for a whole partition, beside its customers. */
export interface PartitionState {
  readonly partition: number;
  /** Null until the partition's first record. Data time may become wall time, once. */
  readonly time: TimeMode | null;
  /** Null in data time, and where wall time held from the beginning. */
  readonly live: GoneLive | null;
  readonly ledgerHorizonMs: number;
  /** Wall time: the largest append time seen. Data time: the last clock mark. */
  readonly clock: Instant;
  /** Each once: sets that were once active stay, because corrections are judged by the policy of their time. */
  readonly policySets: readonly PolicySet[];
  /** In the order of the log; the last says by which set the partition grades. All stay, as calibrations do. */
  readonly activations: readonly Activation[];
  readonly swept: Swept;
  /** In the order of the log. All stay: a customer who was not touched for long passes each at its own instant. */
  readonly calibrations: readonly CalibrationInForce[];
  /** The last hand-over from each partition that ever sent one, by source partition. */
  readonly received: readonly HandOverOrigin[];
  readonly rates: Rates;
  /** Whom the partition has erased: what is dated up to then does nothing any more. */
  readonly erasures: Erasures;
}

/** Reasons for which the fold itself refuses a record. They are part of the closed list of dead-letter reasons. */
export const FOLD_REFUSALS = [
  'too-old',
  'ahead-of-clock',
  'no-rate',
  'no-policy',
  'unknown-tier',
  ...MERGE_REFUSALS,
] as const;
export type FoldRefusal = (typeof FOLD_REFUSALS)[number];

export interface DeadLetterOutput {
  readonly kind: 'dead-letter';
  readonly id: string;
  readonly reason: FoldRefusal;
  readonly detail: string;
}

export const RETIRED_REASONS = ['erased', 'merged'] as const;

/** The customer has left: whoever keeps its tier forgets it. */
export interface RetiredOutput {
  readonly kind: 'retired';
  readonly id: string;
  readonly customerId: string;
  readonly reason: (typeof RETIRED_REASONS)[number];
}

export type Output = TierChange | DeadLetterOutput | RetiredOutput;

type ContentOf<T> = T extends unknown ? Omit<T, 'from'> : never;

/** A record for the partition of another customer. Whoever carries it there gives it its number. */
export interface HandOver {
  readonly addressee: string;
  readonly content: ContentOf<HandOverRecord>;
}

export interface FoldResult {
  readonly partition: PartitionState;
  /** Only customers whose state changed; null for one that is gone. */
  readonly customers: ReadonlyMap<string, CustomerState | null>;
  /** When each touched customer is due next (null: never). A hint for the due index, no part of the state. */
  readonly dueAt: ReadonlyMap<string, Instant | null>;
  readonly outputs: readonly Output[];
  readonly handOvers: readonly HandOver[];
  /** What happened beside that, for metrics. */
  readonly notes: readonly FoldNote[];
}

export const FOLD_NOTES = [
  'repeat',
  'refund-excess',
  'never-matched',
  'early-tick',
  'future-event',
  'repeated-hand-over',
  'forwarded',
  'override-dropped',
  'linked-already',
  'unasked-hand-over',
  'erased',
  'live-already',
] as const;
/**
 * `future-event`: an event dated after the clock, by no more than the limit. `repeated-hand-over`: a record of another
 * partition that had come before. `forwarded`: a record about an alias, sent on. `override-dropped`: of a customer who
 * merged into another. `linked-already`: a link that changes nothing. `unasked-hand-over`: an answer to a merge or a
 * link that its survivor does not wait for (any more).
 * `erased`: a record dated up to the erasure of its customer, which did nothing. `live-already`: the partition ran on wall
 * time before a record that was to bring it there.
 */
export type FoldNote = (typeof FOLD_NOTES)[number];
