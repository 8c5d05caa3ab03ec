import type { Instant } from '../instant.ts';
import type { Policy } from '../policy/policy.ts';

export const OVERRIDE_KINDS = ['floor', 'lock', 'ceiling'] as const;
/** `floor`: never below the tier. `ceiling`: never above it. `lock`: exactly it. */
export type OverrideKind = (typeof OVERRIDE_KINDS)[number];

/** What a person decided about a customer's tier; one at a time, the newest. */
export interface Override {
  readonly kind: OverrideKind;
  readonly tier: string;
  readonly reason: string;
  /** Who decided it. */
  readonly actor: string;
  /** In force before this instant; null for as long as nobody clears it. */
  readonly until: Instant | null;
}

/** The ranks between which an override keeps a customer. */
export interface RankRange {
  readonly lowest: number;
  readonly highest: number;
}

/** The override where it is in force at an instant. */
export function overrideAt(override: Override | null, at: Instant): Override | null {
  if (override === null) return null;
  return override.until === null || at < override.until ? override : null;
}

/** The whole ladder where none is in force, or one on a tier that the policy does not know. */
export function allowedRanks(policy: Policy, override: Override | null, at: Instant): RankRange {
  const all = { lowest: 0, highest: policy.ladder.length - 1 };
  const current = overrideAt(override, at);
  const rank = current === null ? -1 : policy.ladder.indexOf(current.tier);
  if (current === null || rank === -1) return all;
  switch (current.kind) {
    case 'floor':
      return { ...all, lowest: rank };
    case 'ceiling':
      return { ...all, highest: rank };
    case 'lock':
      return { lowest: rank, highest: rank };
  }
}

export function nearestRank({ lowest, highest }: RankRange, rank: number): number {
  return Math.min(Math.max(rank, lowest), highest);
}
