import { createHash } from 'node:crypto';
import type { RetiredOutput, TierChange } from '@strata/domain';
import { canonicalJson } from '@strata/domain';

/** A tier change, that a customer left, or that a record was refused and why. */
export type Decision =
  | TierChange
  | RetiredOutput
  | { readonly kind: 'dead-letter'; readonly id: string; readonly reason: string };

/**
 * One link for each decision, over all that was decided. Batch borders never show, so an independent fold of the same
 * log ends at the same hash. Sealed bytes stay out of it: they differ each time they are sealed.
 */
export function advanceDecisionHash(hash: string, decision: Decision): string {
  return createHash('sha256').update(hash, 'hex').update(canonicalJson(decision)).digest('hex');
}
