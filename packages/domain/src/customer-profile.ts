import type { Instant } from './instant.ts';
import type { Label } from './policy/policy.ts';
import { type ProfileQuery, viewAt } from './profile.ts';
import { atRiskOf, protectedUntil } from './tier/describe.ts';
import { nextMove } from './tier/look-ahead.ts';
import { type Override, overrideAt } from './tier/override.ts';
import { termsOf } from './tier/terms.ts';
import type { AtRisk, DimensionScore } from './tier/tier-change.ts';

/** Where a customer stands at one instant, with what a downstream system acts on. */
export interface CustomerProfile {
  readonly at: Instant;
  readonly customerId: string;
  /** Of the last tier change up to `at`, settled by a record yet or not; 0 for none. */
  readonly customerSeq: number;
  /** Null, and with it all that follows is null or empty, for a customer that no policy grades (yet). */
  readonly standing: ProfileStanding | null;
  /** The override in force. */
  readonly override: Override | null;
}

export interface ProfileStanding {
  readonly policy: string;
  readonly policyVersion: number;
  readonly tier: string;
  readonly label: Label | null;
  readonly since: Instant;
  readonly scoreMilli: number;
  readonly segment: string | null;
  readonly dimensions: readonly DimensionScore[];
  /** In an at-risk episode: what the last at-risk event would say now. */
  readonly atRisk: AtRisk | null;
  /** Before it no fall of the score leads to a lower tier. */
  readonly protectedUntil: Instant | null;
  /** The next change of tier if nothing more happens. */
  readonly nextCrossingAt: Instant | null;
  /** Benefits of the tier as they stand in the policy. */
  readonly treatment: unknown;
}

export function customerProfileAt(query: ProfileQuery): CustomerProfile {
  const { at, customerId } = query;
  const { state, grading } = viewAt(query);
  const { standing, seq: customerSeq } = state;
  const override = overrideAt(state.override, at);
  if (grading === null || standing === null) {
    return { at, customerId, customerSeq, standing: null, override };
  }
  const { policy } = grading;
  const { tier, since, isWarned } = standing;
  const next = nextMove(termsOf(grading, state), standing, at);
  return {
    at,
    customerId,
    customerSeq,
    override,
    standing: {
      policy: policy.name,
      policyVersion: policy.version,
      tier,
      label: policy.labels[tier] ?? null,
      since,
      scoreMilli: grading.scoreMilliAt(at),
      segment: grading.segmentAt(at)?.name ?? null,
      dimensions: grading.dimensionsAt(at),
      atRisk: isWarned ? atRiskOf(grading, { type: 'at-risk', at, tier, next }) : null,
      protectedUntil: protectedUntil({ grading, state }, standing, at),
      nextCrossingAt: next?.at ?? null,
      treatment: policy.treatment[tier] ?? null,
    },
  };
}
