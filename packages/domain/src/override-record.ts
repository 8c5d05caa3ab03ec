import type { CustomerState } from './customer-state.ts';
import type { FoldRefusal, PartitionState } from './fold-types.ts';
import { type Hash64, hash64 } from './hash64.ts';
import type { Instant } from './instant.ts';
import type { OverrideRecord } from './log-record.ts';
import { activeSet, setOf } from './partition-state.ts';
import type { Policy } from './policy/policy.ts';
import { policyFor } from './policy/population.ts';
import { inserted } from './sorted.ts';
import { type Override, overrideAt } from './tier/override.ts';

/** Ids of decisions are apart from those of events, whatever a source calls itself. */
export const overrideKeyOf = ({ id }: OverrideRecord): Hash64 => hash64('strata/override', id);

/** Why the fold refuses an override, with a detail that names no person; null when it takes it. */
export function overrideRefusal(
  partition: PartitionState,
  record: OverrideRecord,
  state: CustomerState,
): { readonly reason: FoldRefusal; readonly detail: string } | null {
  if (record.kind === 'override-cleared') return null;
  const policies = policiesFor(partition, state);
  if (policies === null) return { reason: 'no-policy', detail: 'tier' };
  const isKnown = policies.some(({ ladder }) => ladder.includes(record.override.tier));
  return isKnown ? null : { reason: 'unknown-tier', detail: 'tier' };
}

/** The policy that grades the customer; of one without a tier any of the set may once. */
function policiesFor(partition: PartitionState, state: CustomerState): readonly Policy[] | null {
  const { setId, standing } = state;
  if (setId === null || standing === null) return activeSet(partition)?.policies ?? null;
  const policy = policyFor(setOf(partition, setId), state);
  return policy === null ? [] : [policy];
}

/**
 * The state with the decision in it, and whether an override that was in force has ended by it: cleared, or replaced
 * by one whose time is over. A customer of whom nothing else is known keeps no clock: it is nobody's row yet.
 */
export function overridden(
  state: CustomerState,
  record: OverrideRecord,
  { clock, offset }: { readonly clock: Instant; readonly offset: number },
): { readonly state: CustomerState; readonly isEnd: boolean } {
  const override = record.kind === 'override-set' ? overrideAt(record.override, clock) : null;
  // Before the first clock of all there is no instant to keep a trace at, and nothing to decide twice.
  const at = Math.max(clock, 0);
  const trace = { eventKey: overrideKeyOf(record), at, offset };
  const ledger = { ...state.ledger, traces: inserted(state.ledger.traces, trace) };
  return {
    state: { ...state, override, ledger },
    isEnd: hasEnded(state.override, override, clock),
  };
}

function hasEnded(before: Override | null, after: Override | null, clock: Instant): boolean {
  return after === null && overrideAt(before, clock) !== null;
}
