import type {
  AtRisk,
  CauseKind,
  DimensionScore,
  Instant,
  Policy,
  TierChange,
  TierChangeType,
} from '@strata/domain';

/**
 * What the runtime adds to a tier change: where it was published. Seq starts at 1 and has no gap.
 */
export interface TierChangeAddress {
  readonly partition: number;
  readonly epoch: number;
  readonly seq: number;
}

export interface TierLabel {
  readonly zh: string | null;
  readonly en: string | null;
}

/** A decision by hand, as events and snapshots carry it. */
export interface TierOverride {
  readonly kind: string;
  readonly tier: string;
  readonly reason: string | null;
  /** Null in events of versions that did not say it. */
  readonly actor: string | null;
  readonly until: Instant | null;
}

export interface EventDimension {
  readonly name: string;
  readonly value: number | null;
  readonly points: number;
  readonly weight: number;
  readonly borderBelow: number | null;
  readonly borderAbove: number | null;
}

/**
 * A tier change as the world reads it: points and scores are decimals, instants epoch milliseconds
 * until they are written.
 */
export interface TierChangeBody {
  readonly id: string;
  readonly customerId: string;
  readonly customerSeq: number;
  readonly type: TierChangeType;
  readonly fromTier: string | null;
  readonly toTier: string;
  readonly fromPolicy: string | null;
  /** Labels of the tiers that are named here. */
  readonly labels: Readonly<Record<string, TierLabel>>;
  readonly segment: string | null;
  readonly cause: { readonly kind: CauseKind; readonly ref: string | null };
  readonly policy: string;
  readonly policyVersion: number;
  readonly score: number;
  readonly dimensions: readonly EventDimension[];
  /** `<partition>:<offset>` in the customer log. */
  readonly evidence: readonly string[];
  readonly effectiveAt: Instant;
  readonly decidedAt: Instant;
  readonly asOf: Instant;
  readonly protectedUntil: Instant | null;
  readonly atRisk: AtRisk | null;
  readonly override: TierOverride | null;
  readonly withdraws: { readonly id: string; readonly score: number } | null;
  readonly backfill: boolean;
  /** Benefits of the new tier as they stand in the policy. */
  readonly treatment: unknown;
  /**
   * Rungs of the ladder between the two tiers; 0 where the tier stays. Null where there is none before, where the ladder
   * does not know it, and in events of versions that did not say it.
   */
  readonly steps: number | null;
}

export type TierChangeEvent = TierChangeAddress & TierChangeBody;

/**
 * Thousandths as a decimal. The quotient is the double nearest to it, so that its shortest form has
 * at most 3 decimals.
 */
export function fromMilli(milli: number): number {
  return milli / 1_000;
}

/**
 * What a tier change says, with the labels and benefits of the policy that decided it. `partition`
 * is the customer's, for the evidence; a backtest has one, too, by the ids of its records.
 */
export function tierChangeBody(
  change: TierChange,
  partition: number,
  policy: Policy,
): TierChangeBody {
  const { kind: _, scoreMilli, dimensions, evidence, withdraws, ...same } = change;
  return {
    ...same,
    labels: labelsOf(change, policy),
    score: fromMilli(scoreMilli),
    dimensions: dimensions.map(eventDimension),
    evidence: evidence.map((offset) => `${partition}:${offset}`),
    withdraws:
      withdraws === null ? null : { id: withdraws.id, score: fromMilli(withdraws.scoreMilli) },
    treatment: policy.treatment[change.toTier] ?? null,
    steps: stepsOf(change, policy),
  };
}

/** A tier change with the place where it is published. */
export function tierChangeEvent(
  change: TierChange,
  address: TierChangeAddress,
  policy: Policy,
): TierChangeEvent {
  const { partition, epoch, seq } = address;
  return { ...tierChangeBody(change, partition, policy), partition, epoch, seq };
}

function stepsOf({ fromTier, toTier }: TierChange, { ladder }: Policy): number | null {
  const from = fromTier === null ? -1 : ladder.indexOf(fromTier);
  const to = ladder.indexOf(toTier);
  return from < 0 || to < 0 ? null : Math.abs(to - from);
}

function labelsOf(change: TierChange, policy: Policy): Record<string, TierLabel> {
  const named = new Set([change.fromTier, change.toTier, change.atRisk?.toTier ?? null]);
  const labels: Record<string, TierLabel> = {};
  for (const tier of named) {
    const label = tier === null ? undefined : policy.labels[tier];
    if (tier !== null && label !== undefined) {
      labels[tier] = { zh: label.zh ?? null, en: label.en ?? null };
    }
  }
  return labels;
}

function eventDimension(dimension: DimensionScore): EventDimension {
  return {
    name: dimension.name,
    value: dimension.value,
    points: fromMilli(dimension.pointsMilli),
    weight: fromMilli(dimension.weightMilli),
    borderBelow: dimension.borderBelow,
    borderAbove: dimension.borderAbove,
  };
}
