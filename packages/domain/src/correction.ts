import type { CustomerState } from './customer-state.ts';
import type { PartitionState } from './fold-types.ts';
import { yardstickFor } from './partition-state.ts';
import { grade } from './policy/grading.ts';
import { describe } from './tier/describe.ts';
import type { TierChange } from './tier/tier-change.ts';

/** Where the world believes a customer to stand. */
export interface Published {
  readonly tier: string;
  readonly policy: string;
}

/**
 * What a new epoch has to tell of a customer: the way from the tier that was published to the one that it has, as one
 * tier change. Null where the two are the same, and for a customer who is not graded.
 */
export function correctionOf(
  partition: PartitionState,
  customer: {
    readonly customerId: string;
    readonly state: CustomerState;
    readonly published: Published | null;
  },
  told: { readonly id: string; readonly ref: string; readonly seq: number },
): TierChange | null {
  const { customerId, state, published } = customer;
  const { standing, clock: at } = state;
  const yardstick = yardstickFor(partition, state, at);
  if (standing === null || yardstick === null) return null;
  const { policy } = yardstick;
  const isOwn = published !== null && published.policy === policy.name;
  if (isOwn && published.tier === standing.tier) return null;
  const from = isOwn ? policy.ladder.indexOf(published.tier) : -1;
  const isRise = policy.ladder.indexOf(standing.tier) > from;
  const grading = grade(state.ledger, yardstick, customerId);
  const cause = { kind: 'correction', ref: told.ref } as const;
  return describe(
    { customerId, state, grading, decidedAt: Math.max(at, partition.clock), cause, offset: null },
    {
      id: told.id,
      // From a tier that the policy does not know there is no way up or down.
      type: from === -1 ? 'assigned' : isRise ? 'promoted' : 'demoted',
      fromTier: from === -1 ? null : (published?.tier ?? null),
      toTier: standing.tier,
      fromPolicy: published === null || isOwn ? null : published.policy,
      effectiveAt: at,
      standing,
      seq: told.seq,
    },
  );
}
