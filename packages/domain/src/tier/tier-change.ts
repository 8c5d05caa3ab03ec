import type { Instant } from '../instant.ts';
import type { Override } from './override.ts';

export const TIER_CHANGE_TYPES = [
  'assigned',
  'promoted',
  'demoted',
  'renewed',
  'at-risk',
  'withdrawn',
] as const;
export type TierChangeType = (typeof TIER_CHANGE_TYPES)[number];

export const CAUSE_KINDS = [
  'event',
  'time',
  'policy',
  'calibration',
  'override',
  'merge',
  'correction',
] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/**
 * Points and weights are in thousandths. A value is in its own unit: whole days for recency, minor units of the base
 * currency for revenue, a count or a sum of weights (exact to 6 decimals) for the rest.
 */
export interface DimensionScore {
  readonly name: string;
  /** Null where the customer has no value (no counted order). */
  readonly value: number | null;
  readonly pointsMilli: number;
  readonly weightMilli: number;
  /** The step that gives these points, and the one that gives the next better ones; null at the ends. */
  readonly borderBelow: number | null;
  readonly borderAbove: number | null;
  /** Why a dimension that needs a calibration gives `otherwise` whatever the value; absent where it does not. */
  readonly unscored?: Unscored;
}

/** No calibration yet, or one that found too small a population, or whose model has no parameters. */
export const UNSCORED = ['not-calibrated', 'not-enough-data', 'did-not-converge'] as const;
export type Unscored = (typeof UNSCORED)[number];

export interface AtRisk {
  /** When the demotion comes if nothing more happens; null where time alone would heal the dip. */
  readonly at: Instant | null;
  /** The tier it would lead to; null with `at`. */
  readonly toTier: string | null;
  /** How far each dimension is from its next better step, in the value's unit; null where there is none. */
  readonly distances: readonly { readonly name: string; readonly distance: number | null }[];
}

/** One decision about one customer. The runtime adds partition, epoch and seq. */
export interface TierChange {
  readonly kind: 'tier-change';
  /** `<partition>.<offset>.<n>`; n counts all outputs of the record. */
  readonly id: string;
  readonly customerId: string;
  readonly customerSeq: number;
  readonly type: TierChangeType;
  readonly fromTier: string | null;
  readonly toTier: string;
  /** Of `assigned`: the policy that graded the customer until now, where one hands over to another. */
  readonly fromPolicy: string | null;
  readonly segment: string | null;
  readonly cause: { readonly kind: CauseKind; readonly ref: string | null };
  readonly policy: string;
  readonly policyVersion: number;
  readonly scoreMilli: number;
  readonly dimensions: readonly DimensionScore[];
  /** Offsets, in the customer's partition, of the records that made the values; newest first, bounded. */
  readonly evidence: readonly number[];
  readonly effectiveAt: Instant;
  readonly decidedAt: Instant;
  readonly asOf: Instant;
  readonly protectedUntil: Instant | null;
  readonly atRisk: AtRisk | null;
  /** The override in force at `effectiveAt`. */
  readonly override: Override | null;
  /** Id of the promotion that this change withdraws. */
  readonly withdraws: { readonly id: string; readonly scoreMilli: number } | null;
  readonly backfill: boolean;
}
