import type { CustomerState, Ledger, Standing } from './customer-state.ts';
import { hash64 } from './hash64.ts';
import type { Instant } from './instant.ts';
import { evidenceAt } from './ledger/evidence.ts';
import { yardstickFor } from './partition-state.ts';
import { type Grading, grade } from './policy/grading.ts';
import { type ProfileQuery, viewAt } from './profile.ts';
import { inserted } from './sorted.ts';
import { enterMilli, leaveMilli, rankByEnter, rankOf, tierAt } from './tier/ladder.ts';
import { demotionAt } from './tier/lifecycle.ts';
import { type NextMove, nextMove } from './tier/look-ahead.ts';
import { type Override, overrideAt } from './tier/override.ts';
import { periodEndAfter } from './tier/period.ts';
import { type ShareOrigin, shareOriginOf } from './tier/share-origin.ts';
import { termsOf } from './tier/terms.ts';
import type { DimensionScore } from './tier/tier-change.ts';

/** Why a customer has the tier it has, at one instant. */
export interface Explanation {
  readonly at: Instant;
  readonly customerId: string;
  readonly policy: string;
  readonly policyVersion: number;
  readonly tier: string;
  readonly since: Instant;
  readonly scoreMilli: number;
  readonly segment: string | null;
  readonly dimensions: readonly DimensionScore[];
  /** Score under which the tier is left, and score that enters the next one; null at the ends, and without a border. */
  readonly leaveMilli: number | null;
  readonly nextTier: string | null;
  readonly nextEnterMilli: number | null;
  /** Where these two come from, the present tier's first, where the tiers are bordered by shares; else empty. */
  readonly shares: readonly ShareOrigin[];
  /** Running grace: since when, and when it would end in a demotion. */
  readonly grace: { readonly since: Instant; readonly until: Instant } | null;
  readonly minimumStayUntil: Instant | null;
  /** When the tier is looked at next; null with `rolling` qualification, which looks always. */
  readonly periodEndsAt: Instant | null;
  /** What a person decided, where it is in force. */
  readonly override: Override | null;
  readonly nextMove: NextMove | null;
  readonly counterfactuals: readonly Counterfactual[];
  /** Offsets of the records behind the values, newest first. */
  readonly evidence: readonly number[];
}

const finite = (milli: number): number | null => (Number.isFinite(milli) ? milli : null);

/**
 * One order of at least this much, at the instant of the explanation, would do this. `hands-over`: the smallest first
 * order of a prospect leads to the tier under the policy that is named.
 */
export interface Counterfactual {
  readonly amountMinor: number;
  readonly outcome: 'keeps' | 'promotes' | 'hands-over';
  readonly tier: string;
  readonly policy: string;
  readonly policyVersion: number;
}

/** Null for a customer that no policy grades (yet). */
export function explain(query: ProfileQuery): Explanation | null {
  const { at, customerId } = query;
  const { state, grading } = viewAt(query);
  const { standing } = state;
  if (grading === null || standing === null) return null;
  const { policy } = grading;
  const rank = rankOf(policy, standing.tier);
  const isHighest = rank === policy.ladder.length - 1;
  const terms = termsOf(grading, state);
  const periodEnd = periodEndAfter(terms, standing.since, at);
  const stayUntil = standing.since + policy.lifecycle.minimumStayMs;
  return {
    at,
    customerId,
    policy: policy.name,
    policyVersion: policy.version,
    tier: standing.tier,
    since: standing.since,
    scoreMilli: grading.scoreMilliAt(at),
    segment: grading.segmentAt(at)?.name ?? null,
    dimensions: grading.dimensionsAt(at),
    leaveMilli: finite(leaveMilli(grading.yardstick, rank)),
    nextTier: isHighest ? null : tierAt(policy, rank + 1),
    nextEnterMilli: isHighest ? null : finite(enterMilli(grading.yardstick, rank + 1)),
    shares: [rank, rank + 1].flatMap((it) => shareOriginOf(grading.yardstick, it) ?? []),
    grace:
      standing.graceSince === null
        ? null
        : {
            since: standing.graceSince,
            until: demotionAt(policy, standing.since, standing.graceSince),
          },
    // There is nothing below the lowest tier to be protected from.
    minimumStayUntil: stayUntil > at && rank > 0 ? stayUntil : null,
    periodEndsAt: Number.isFinite(periodEnd) ? periodEnd : null,
    override: overrideAt(state.override, at),
    nextMove: nextMove(terms, standing, at),
    counterfactuals: state.isExisting
      ? counterfactuals({ customerId, state, standing, grading, at })
      : handOver(query),
    evidence: evidenceAt(state.ledger, at, policy),
  };
}

interface Situation {
  readonly customerId: string;
  readonly state: CustomerState;
  readonly standing: Standing;
  readonly grading: Grading;
  readonly at: Instant;
}

/** The smallest single order that enters the next tier, and, where a demotion lies ahead, the smallest that puts it off. */
function counterfactuals(situation: Situation): readonly Counterfactual[] {
  const { state, standing, grading, at } = situation;
  const { policy } = grading;
  const found: Counterfactual[] = [];
  const by = { policy: policy.name, policyVersion: policy.version };
  const ahead = nextMove(termsOf(grading, state), standing, at);
  if (ahead?.kind === 'demoted') {
    const amountMinor = smallestOrder(situation, (after) => {
      const move = nextMove(termsOf(after, state), standing, at);
      return (
        after.scoreMilliAt(at) >= leaveMilli(grading.yardstick, rankOf(policy, standing.tier)) &&
        (move === null || move.kind === 'promoted' || move.at > ahead.at)
      );
    });
    if (amountMinor !== null)
      found.push({ amountMinor, outcome: 'keeps', tier: standing.tier, ...by });
  }
  const next = rankOf(policy, standing.tier) + 1;
  if (next < policy.ladder.length) {
    const border = enterMilli(grading.yardstick, next);
    const amountMinor = smallestOrder(situation, (after) => after.scoreMilliAt(at) >= border);
    if (amountMinor !== null) {
      found.push({ amountMinor, outcome: 'promotes', tier: tierAt(policy, next), ...by });
    }
  }
  return found;
}

/** What an order does to a prospect is up to the policy that would grade it then. */
function handOver({ partition, customerId, state, at }: ProfileQuery): readonly Counterfactual[] {
  const amountMinor = 1;
  const ledger = withOrder(state.ledger, at, amountMinor);
  const yardstick = yardstickFor(partition, { ...state, ledger, isExisting: true }, at);
  if (yardstick === null) return [];
  const { policy } = yardstick;
  const scoreMilli = grade(ledger, yardstick, customerId).scoreMilliAt(at);
  const tier = tierAt(policy, rankByEnter(yardstick, scoreMilli));
  const by = { policy: policy.name, policyVersion: policy.version };
  return [{ amountMinor, outcome: 'hands-over', tier, ...by }];
}

function withOrder(ledger: Ledger, at: Instant, amountMinor: number): Ledger {
  const key = hash64('what-if', String(at));
  const part = { eventKey: key, orderKey: key, at, offset: Number.MAX_SAFE_INTEGER, amountMinor };
  return { ...ledger, parts: inserted(ledger.parts, part) };
}

/** Only amounts that reach a step of a dimension of money can matter: these, and a small order, are all that is tried. */
function smallestOrder(
  { customerId, state, grading, at }: Situation,
  suffices: (after: Grading) => boolean,
): number | null {
  const amounts = new Set([1]);
  for (const measure of grading.measures) {
    if (measure.orderReaching === undefined) continue;
    for (const threshold of measure.thresholds) {
      amounts.add(Math.max(1, Math.ceil(measure.orderReaching(threshold, at))));
    }
  }
  for (const amountMinor of [...amounts].sort((a, b) => a - b)) {
    const ledger = withOrder(state.ledger, at, amountMinor);
    if (suffices(grade(ledger, grading.yardstick, customerId))) return amountMinor;
  }
  return null;
}
