/** The types of this version. Others may come: `WebhookReader` tells them apart as `other`. */
export const TIER_CHANGE_TYPES = [
  'assigned',
  'promoted',
  'demoted',
  'renewed',
  'at-risk',
  'withdrawn',
] as const;
export type TierChangeType = (typeof TIER_CHANGE_TYPES)[number];

/**
 * A tier change as the webhook's `data` carries it. Instants are RFC 3339 in UTC. Sets that may grow
 * are strings, and fields that this version does not know stay on the object.
 */
export interface TierChange {
  /** The same at every try and every replay, equal to `webhook-id`. */
  readonly id: string;
  readonly customerId: string;
  /** Counts the tier changes of this customer. It only ever rises, and may leave numbers out. */
  readonly customerSeq: number;
  readonly type: TierChangeType;
  /** Null for the first tier. */
  readonly fromTier: string | null;
  /** The tier after the change; for `renewed` and `at-risk` the one before it, too. */
  readonly toTier: string;
  readonly fromPolicy: string | null;
  readonly labels: Readonly<
    Record<string, { readonly zh: string | null; readonly en: string | null }>
  >;
  readonly segment: string | null;
  /** `kind` is event, time, policy, calibration, override, merge, correction, or what comes later. */
  readonly cause: { readonly kind: string; readonly ref: string | null };
  readonly policy: string;
  readonly policyVersion: number;
  readonly score: number;
  readonly dimensions: readonly {
    readonly name: string;
    readonly value: number | null;
    readonly points: number;
    readonly weight: number;
    readonly borderBelow: number | null;
    readonly borderAbove: number | null;
  }[];
  /** `<partition>:<offset>` in the customer log. */
  readonly evidence: readonly string[];
  readonly effectiveAt: string;
  readonly decidedAt: string;
  readonly asOf: string;
  readonly protectedUntil: string | null;
  /** What is at stake, for `at-risk`. */
  readonly atRisk: {
    readonly at: string | null;
    readonly toTier: string | null;
    readonly distances: readonly { readonly name: string; readonly distance: number | null }[];
  } | null;
  readonly override: {
    readonly kind: string;
    readonly tier: string;
    readonly reason: string | null;
    readonly actor: string | null;
    readonly until: string | null;
  } | null;
  /** The promotion that is taken back, for `withdrawn`. */
  readonly withdraws: { readonly id: string; readonly score: number } | null;
  readonly backfill: boolean;
  /** Benefits of the tier, as the policy has them. */
  readonly treatment: unknown;
  /** Rungs of the ladder between the two tiers; null where the ladder does not say, absent in older events. */
  readonly steps?: number | null;
}

/**
 * Null where a field is missing that the rule of this client rests on. The rest is taken as it
 * came: its signature says that the notifier wrote it.
 */
export function tierChangeFrom(data: Readonly<Record<string, unknown>>): TierChange | null {
  const { id, customerId, customerSeq, type, toTier } = data;
  const isSound =
    typeof id === 'string' &&
    typeof customerId === 'string' &&
    customerId !== '' &&
    Number.isSafeInteger(customerSeq) &&
    Number(customerSeq) > 0 &&
    isTierChangeType(type) &&
    typeof toTier === 'string';
  return isSound ? (data as unknown as TierChange) : null;
}

export function isTierChangeType(type: unknown): type is TierChangeType {
  return TIER_CHANGE_TYPES.some((known) => known === type);
}
