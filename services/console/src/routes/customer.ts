import { formatRfc3339, type TierSnapshot } from '@strata/contracts';
import type { TierBoard } from '../live/tier-board.ts';
import { labelsOf } from './labels.ts';

/** Where a customer stands, as the newest snapshot says; null for one that nobody graded. */
export function customer(board: TierBoard, customerId: string): Record<string, unknown> | null {
  const snapshot = board.customer(customerId);
  if (snapshot === null) return null;
  const { tier, policy } = snapshot;
  const label = tier === null ? undefined : board.policy(policy)?.labels[tier];
  return {
    ...snapshot,
    labels: labelsOf(label),
    since: instantOrNull(snapshot.since),
    protectedUntil: instantOrNull(snapshot.protectedUntil),
    effectiveAt: formatRfc3339(snapshot.effectiveAt),
    asOf: formatRfc3339(snapshot.asOf),
    override: overrideOf(snapshot),
  };
}

function overrideOf({ override }: TierSnapshot): Record<string, unknown> | null {
  return override && { ...override, until: instantOrNull(override.until) };
}

function instantOrNull(instant: number | null): string | null {
  return instant === null ? null : formatRfc3339(instant);
}
