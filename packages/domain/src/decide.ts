import type { CustomerState, PromotionEntry, Standing } from './customer-state.ts';
import type { Instant } from './instant.ts';
import { replacementOf } from './policy/activation.ts';
import type { Grading } from './policy/grading.ts';
import type { Policy } from './policy/policy.ts';
import { advance, type Finding, isQuiet, judgeAt, type OnFinding } from './tier/advance.ts';
import { atRiskOf, type Decision, describe } from './tier/describe.ts';
import { intoRange } from './tier/into-range.ts';
import { rankByEnter, tierAt } from './tier/ladder.ts';
import { allowedRanks, nearestRank, type Override } from './tier/override.ts';
import { termsOf } from './tier/terms.ts';
import type { TierChange } from './tier/tier-change.ts';
import { withdrawals } from './tier/withdraw.ts';

/** Gives each output of a record its id, in order. */
export type NextId = () => string;

/** A customer and how to tell the world about it. */
export interface Telling {
  readonly customerId: string;
  readonly decidedAt: Instant;
  readonly nextId: NextId;
  readonly emit: (change: TierChange) => void;
}

export interface Deciding extends Telling {
  readonly grading: Grading;
}

/** Emits everything that fell due up to and including `until`, each at its own instant: the crossings that no event caused. */
export function settle(deciding: Deciding, state: CustomerState, until: Instant): CustomerState {
  const { standing: before, clock: after } = state;
  if (before === null || until <= after) return state;
  const terms = termsOf(deciding.grading, state);
  if (isQuiet(terms, before, { after, until })) return { ...state, clock: until };
  const { onFinding, seq } = tell(deciding, state, { kind: 'time', ref: null, offset: null });
  const standing = advance(terms, before, { after, until, onFinding });
  return { ...state, clock: until, standing, seq: seq() };
}

/**
 * Judges a customer anew, where it stands, for what a record changed for everybody. Twice is as good as once. An override
 * on a tier that only a new policy knows is obeyed from here on.
 */
export function rejudge(
  deciding: Deciding,
  state: CustomerState,
  cause: { readonly kind: 'calibration' | 'policy' | 'event'; readonly ref: string },
): CustomerState {
  if (state.standing === null) return state;
  const telling = tell(deciding, state, { ...cause, offset: null });
  const terms = termsOf(deciding.grading, state);
  const at = { at: state.clock, onFinding: telling.onFinding };
  const standing = judgeAt(terms, intoRange(terms, state.standing, at), at);
  return { ...state, standing, seq: telling.seq() };
}

/**
 * Passes a customer to the policy of another set, where it stands: by a policy of the same name it keeps its standing and
 * is judged by it, by another it is assigned anew. Who stands in a tier that the ladder has no more is assigned to what
 * replaces it. `state` has the new set already.
 */
export function adopt(
  deciding: Deciding,
  state: CustomerState,
  formerPolicy: string | null,
): CustomerState {
  const { policy, setId } = deciding.grading;
  const cause = { kind: 'policy', ref: setId } as const;
  const reason = { ...cause, offset: null };
  if (state.standing === null || formerPolicy !== policy.name) {
    const assigned = assign(deciding, state, { ...reason, formerPolicy });
    return rejudge(deciding, assigned, cause);
  }
  const { tier, promotions } = state.standing;
  const replacement = replacementOf(policy, tier);
  const isKnown = (it: PromotionEntry): boolean =>
    [it.fromTier, it.toTier].every((named) => policy.ladder.includes(named));
  const kept = {
    ...state,
    override: overrideUnder(policy, state.override),
    // What led along tiers that are no more is not taken back.
    standing: { ...state.standing, promotions: promotions.every(isKnown) ? promotions : [] },
  };
  if (replacement === tier) return rejudge(deciding, kept, cause);
  const replaced = placed(deciding, kept, { ...reason, tier: replacement, fromTier: tier });
  return rejudge(deciding, replaced, cause);
}

/** An override names a tier, and goes on with what replaces it; of one that nothing replaces it says nothing. */
function overrideUnder({ ladder, replaces }: Policy, override: Override | null): Override | null {
  if (override === null || ladder.includes(override.tier)) return override;
  return { ...override, tier: replaces?.[override.tier] ?? override.tier };
}

/** Where a record lies in the log. */
export interface Recorded {
  readonly ref: string;
  readonly offset: number;
}

/** What a record makes of a customer: its coordinates, and the order it corrected, if any. */
export interface Applied extends Recorded {
  readonly correctedOrderAt: Instant | null;
  readonly horizonMs: number;
  /** Told by another partition: not the customer's own event, so a block at the base stays. */
  readonly isHandOver: boolean;
  readonly cause: 'event' | 'merge';
  /** By which the customer had its standing before the record; null for one that had none. */
  readonly formerPolicy: string | null;
  /** How a promotion was graded: by its policy set, at its instant. */
  readonly gradingOf: (promotion: PromotionEntry) => Grading;
}

/** Decides after a record has been applied. `state.ledger` holds the record already; `state.clock` is its instant. */
export function decide(deciding: Deciding, state: CustomerState, applied: Applied): CustomerState {
  const { grading } = deciding;
  const { setId } = grading;
  let current = state.setId === setId ? state : { ...state, setId };
  // What was decided by another policy is not judged again: its tiers and promotions end with it.
  const isAssigned = state.standing === null || applied.formerPolicy !== grading.policy.name;
  if (isAssigned) current = assign(deciding, current, { ...applied, kind: applied.cause });
  else if (applied.correctedOrderAt !== null) {
    current = withdraw(deciding, current, { ...applied, orderAt: applied.correctedOrderAt });
  }
  const { cause: kind, ref, offset } = applied;
  const { onFinding, seq } = tell(deciding, current, { kind, ref, offset });
  const present = current.standing as Standing;
  const isUnblocked = present.isBlocked && !applied.isHandOver;
  const from = isUnblocked ? { ...present, isBlocked: false } : present;
  const standing = judgeAt(termsOf(grading, current), from, { at: state.clock, onFinding });
  return standing === present ? current : { ...current, standing, seq: seq() };
}

/** The first tier under a policy, by `enter` alone, within what an override that waited for it allows. */
function assign(
  deciding: Deciding,
  state: CustomerState,
  reason: Reason & { readonly formerPolicy: string | null },
): CustomerState {
  const { grading } = deciding;
  const at = state.clock;
  const { policy } = grading;
  const allowed = allowedRanks(policy, state.override, at);
  const rank = nearestRank(allowed, rankByEnter(grading.yardstick, grading.scoreMilliAt(at)));
  const joinedAt = state.isExisting ? (state.joinedAt ?? at) : state.joinedAt;
  const { formerPolicy: fromPolicy } = reason;
  const to = { ...reason, tier: tierAt(policy, rank), fromTier: null, fromPolicy };
  return placed(deciding, { ...state, joinedAt }, to);
}

/** Into a tier in which the customer begins anew: nothing of how it stood before goes on. */
function placed(
  deciding: Deciding,
  state: CustomerState,
  to: Reason & {
    readonly tier: string;
    readonly fromTier: string | null;
    readonly fromPolicy?: string | null;
  },
): CustomerState {
  const { tier, fromTier, fromPolicy = null, kind, ref, offset } = to;
  const at = state.clock;
  const seq = state.seq + 1;
  const standing: Standing = {
    tier,
    since: at,
    graceSince: null,
    isBlocked: false,
    isWarned: false,
    promotions: [],
  };
  const after = { ...state, standing, seq };
  deciding.emit(
    describe(decisionOf(deciding, after, { kind, ref, offset }), {
      id: deciding.nextId(),
      type: 'assigned',
      fromTier,
      toTier: tier,
      fromPolicy,
      effectiveAt: at,
      standing,
      seq,
    }),
  );
  return after;
}

/** Takes back the promotions that the record disproved: all of them first, then grace, at-risk and target once. */
function withdraw(
  deciding: Deciding,
  state: CustomerState,
  applied: Applied & { readonly orderAt: Instant },
): CustomerState {
  let current = state;
  const found = withdrawals({
    standing: state.standing as Standing,
    correctedOrderAt: applied.orderAt,
    clock: state.clock,
    horizonMs: applied.horizonMs,
    present: deciding.grading,
    lowestRank: allowedRanks(deciding.grading.policy, state.override, state.clock).lowest,
    gradingOf: applied.gradingOf,
  });
  const decision = decisionOf(deciding, state, { kind: 'correction', ...applied });
  for (const { promotion, scoreThenMilli, standing } of found) {
    const seq = current.seq + 1;
    deciding.emit(
      describe(decision, {
        id: deciding.nextId(),
        type: 'withdrawn',
        fromTier: promotion.toTier,
        toTier: promotion.fromTier,
        effectiveAt: state.clock,
        standing,
        withdraws: { id: promotion.id, scoreMilli: scoreThenMilli },
        seq,
      }),
    );
    current = { ...current, standing, seq };
  }
  return current;
}

interface Reason {
  readonly kind: Decision['cause']['kind'];
  readonly ref: string | null;
  readonly offset: number | null;
}

function decisionOf(deciding: Deciding, state: CustomerState, reason: Reason): Decision {
  return {
    customerId: deciding.customerId,
    state,
    grading: deciding.grading,
    decidedAt: deciding.decidedAt,
    cause: { kind: reason.kind, ref: reason.ref },
    offset: reason.offset,
  };
}

/** Turns findings into numbered tier changes. */
export function tell(
  deciding: Deciding,
  state: CustomerState,
  reason: Reason,
): { readonly onFinding: OnFinding; readonly seq: () => number } {
  let seq = state.seq;
  const onFinding: OnFinding = (finding: Finding, standing: Standing) => {
    const id = deciding.nextId();
    seq += 1;
    const [fromTier, toTier] =
      'tier' in finding ? [finding.tier, finding.tier] : [finding.fromTier, finding.toTier];
    deciding.emit(
      describe(decisionOf(deciding, state, reason), {
        id,
        type: finding.type,
        fromTier,
        toTier,
        effectiveAt: finding.at,
        standing,
        atRisk: finding.type === 'at-risk' ? atRiskOf(deciding.grading, finding) : null,
        seq,
      }),
    );
    return id;
  };
  return { onFinding, seq: () => seq };
}
