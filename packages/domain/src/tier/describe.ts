import type { CustomerState, Standing } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import { evidenceAt } from '../ledger/evidence.ts';
import type { Grading } from '../policy/grading.ts';
import type { Finding } from './advance.ts';
import { overrideAt } from './override.ts';
import { periodEndAfter } from './period.ts';
import { termsOf } from './terms.ts';
import type { AtRisk, CauseKind, TierChange } from './tier-change.ts';

/** Newest first; more would say no more. */
const EVIDENCE_MAX = 20;

export interface Decision {
  readonly customerId: string;
  readonly state: CustomerState;
  readonly grading: Grading;
  readonly decidedAt: Instant;
  readonly cause: { readonly kind: CauseKind; readonly ref: string | null };
  /** Log offset of the record being applied, first in the evidence; null while crossings settle. */
  readonly offset: number | null;
}

type Told = Pick<TierChange, 'id' | 'type' | 'fromTier' | 'toTier' | 'effectiveAt'> &
  Partial<Pick<TierChange, 'fromPolicy' | 'atRisk' | 'withdraws'>> & {
    readonly seq: number;
    /** After the change. */
    readonly standing: Standing;
  };

/** The whole tier change: what is told, with score, dimensions, segment and evidence at its own instant. */
export function describe(decision: Decision, told: Told): TierChange {
  const { grading } = decision;
  const { policy } = grading;
  const at = told.effectiveAt;
  return {
    kind: 'tier-change',
    id: told.id,
    customerId: decision.customerId,
    customerSeq: told.seq,
    type: told.type,
    fromTier: told.fromTier,
    toTier: told.toTier,
    fromPolicy: told.fromPolicy ?? null,
    segment: grading.segmentAt(at)?.name ?? null,
    cause: decision.cause,
    policy: policy.name,
    policyVersion: policy.version,
    scoreMilli: grading.scoreMilliAt(at),
    dimensions: grading.dimensionsAt(at),
    evidence: evidenceOf(decision, at),
    effectiveAt: at,
    decidedAt: decision.decidedAt,
    asOf: at,
    protectedUntil: protectedUntil(decision, told.standing, at),
    atRisk: told.atRisk ?? null,
    override: overrideAt(decision.state.override, at),
    withdraws: told.withdraws ?? null,
    backfill: false,
  };
}

/** Before it no fall of the score leads to a lower tier: the minimum stay, and the period where no grace runs yet. */
export function protectedUntil(
  { grading, state }: Pick<Decision, 'grading' | 'state'>,
  { since, graceSince }: Standing,
  at: Instant,
): Instant | null {
  const { minimumStayMs, qualification } = grading.policy.lifecycle;
  const waits = qualification !== 'rolling' && graceSince === null;
  const periodEnd = waits ? periodEndAfter(termsOf(grading, state), since, at) : -Infinity;
  const until = Math.max(since + minimumStayMs, periodEnd);
  return until > at ? until : null;
}

/** What an at-risk event says of the demotion ahead, and how far each dimension is from its next better step. */
export function atRiskOf(grading: Grading, finding: Finding & { type: 'at-risk' }): AtRisk {
  const isDemotion = finding.next?.kind === 'demoted';
  return {
    at: isDemotion ? (finding.next?.at ?? null) : null,
    toTier: isDemotion ? (finding.next?.toTier ?? null) : null,
    distances: grading.dimensionsAt(finding.at).map(({ name, value, borderAbove }) => ({
      name,
      distance: borderAbove === null ? null : Math.abs(borderAbove - (value ?? 0)),
    })),
  };
}

/** The record being applied first, then what is behind the values. */
function evidenceOf({ state, offset, grading }: Decision, at: Instant): readonly number[] {
  const behind = evidenceAt(state.ledger, at, grading.policy);
  const all = offset === null ? behind : [offset, ...behind.filter((it) => it !== offset)];
  return all.slice(0, EVIDENCE_MAX);
}
