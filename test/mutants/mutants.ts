import { IDENTITY_MUTANTS } from './identity-mutants.ts';
import type { Mutant } from './mutant.ts';
import { RECORD_MUTANTS } from './record-mutants.ts';

const EXAMPLES = ['test/model/examples.test.ts', 'test/model/lifecycle-examples.test.ts'];
const GUARDS = ['test/model/guards.test.ts'];
const MODEL = ['test/model/fold.model.test.ts'];
const QUANTILES = ['packages/domain/src/calibration/quantile-borders.property.test.ts'];

const LIFECYCLE = 'packages/domain/src/tier/lifecycle.ts';
const LADDER = 'packages/domain/src/tier/ladder.ts';
const ADVANCE = 'packages/domain/src/tier/advance.ts';
const WITHDRAW = 'packages/domain/src/tier/withdraw.ts';
const WINDOWED = 'packages/domain/src/dimensions/windowed.ts';
const ORDERS = 'packages/domain/src/ledger/orders.ts';

const PERIOD = 'packages/domain/src/tier/period.ts';
const OVERRIDE = ['packages/domain/src/tier/override.test.ts'];
const QUALIFICATION = ['packages/domain/src/tier/qualification.test.ts'];

/** Every guard of the rules, each with the smallest fault that takes it away. */
export const MUTANTS: readonly Mutant[] = [
  {
    guard: 'hysteresis: a tier is left under `leave`, not under `enter`',
    file: LADDER,
    from: 'while (rank > 0 && scoreMilli < leaveMilli(borders, rank)) rank--;',
    to: 'while (rank > 0 && scoreMilli < enterMilli(borders, rank)) rank--;',
    tests: EXAMPLES,
  },
  {
    guard: 'border: met when the score equals it',
    file: LADDER,
    from: 'while (rank > 0 && scoreMilli < enterMilli(borders, rank)) rank--;',
    to: 'while (rank > 0 && scoreMilli <= enterMilli(borders, rank)) rank--;',
    tests: EXAMPLES,
  },
  {
    guard: 'grace: a demotion waits for its end',
    file: LIFECYCLE,
    from: 'return Math.max(graceSince + graceMs, since + minimumStayMs);',
    to: 'return Math.max(graceSince, since + minimumStayMs);',
    tests: EXAMPLES,
  },
  {
    guard: 'minimum stay: a demotion waits for its end',
    file: LIFECYCLE,
    from: 'return Math.max(graceSince + graceMs, since + minimumStayMs);',
    to: 'return graceSince + graceMs;',
    tests: EXAMPLES,
  },
  {
    guard: 'grace: a recovery at its very end keeps the tier',
    file: LIFECYCLE,
    from: 'now.at < demotionAt(policy, standing.since, graceSince)',
    to: 'now.at <= demotionAt(policy, standing.since, graceSince)',
    tests: EXAMPLES,
  },
  {
    guard: 'soft landing: one step',
    file: LIFECYCLE,
    from: 'return rank - 1;',
    to: 'return target;',
    tests: EXAMPLES,
  },
  {
    guard: 'soft landing: no promotion after the base until the next event',
    file: LIFECYCLE,
    from: 'if (higher > rank && !standing.isBlocked) {',
    to: 'if (higher > rank) {',
    tests: EXAMPLES,
  },
  {
    guard: 'qualification: a fall is looked at where a period ends, and only there',
    file: LIFECYCLE,
    from: "const looks = now.isLook || policy.lifecycle.qualification === 'rolling';",
    to: 'const looks = true;',
    tests: QUALIFICATION,
  },
  {
    guard: 'qualification: a fall is looked at in the instant at which the period ends',
    file: PERIOD,
    from: 'periodEndAfter(terms, since, at - 1) === at;',
    to: 'periodEndAfter(terms, since, at) === at;',
    tests: QUALIFICATION,
  },
  {
    guard: 'qualification: the end of a period brings one step, the next one waits',
    file: ADVANCE,
    from: "if (verdict.kind === 'demoted') looks = false;",
    to: '',
    tests: GUARDS,
  },
  {
    guard: 'qualification: a year from joining begins with joining',
    file: PERIOD,
    from: 'return anniversaryAfter(policy.timeZone, joinedAt ?? since, at);',
    to: 'return anniversaryAfter(policy.timeZone, since, at);',
    tests: QUALIFICATION,
  },
  {
    guard: 'renewed: not where the tier changes at that instant',
    file: ADVANCE,
    from: 'step.isPeriodEnd && standing.since === from.since && isEarned',
    to: 'step.isPeriodEnd && isEarned',
    tests: QUALIFICATION,
  },
  {
    guard: 'share border: nobody enters by one that no calibration has made',
    file: LADDER,
    from: '?.border?.scoreMilli ?? Infinity;',
    to: '?.border?.scoreMilli ?? -Infinity;',
    tests: ['test/model/shares.model.test.ts'],
  },
  {
    guard: 'share border: nobody falls under one that no calibration has made',
    file: LADDER,
    from: '?.border?.scoreMilli ?? -Infinity;',
    to: '?.border?.scoreMilli ?? Infinity;',
    tests: ['test/model/shares.model.test.ts'],
  },
  {
    guard: 'override: in force before its end, not at it',
    file: 'packages/domain/src/tier/override.ts',
    from: 'override.until === null || at < override.until',
    to: 'override.until === null || at <= override.until',
    tests: ['packages/domain/src/tier/crossings.property.test.ts'],
  },
  {
    guard: 'override: its end comes due by itself',
    file: 'packages/domain/src/tier/look-ahead.ts',
    from: 'sooner(grading.nextChangeAfter(at), override?.until ?? null, at);',
    to: 'grading.nextChangeAfter(at);',
    tests: OVERRIDE,
  },
  {
    guard: 'override: at its end a fall is looked at, whatever the period',
    file: PERIOD,
    from: 'return terms.override?.until === at || isPeriodEnd',
    to: 'return isPeriodEnd',
    tests: OVERRIDE,
  },
  {
    guard: 'override: the first tier lies within what it allows',
    file: 'packages/domain/src/decide.ts',
    from: 'nearestRank(allowed, rankByEnter(grading.yardstick, grading.scoreMilliAt(at)))',
    to: 'rankByEnter(grading.yardstick, grading.scoreMilliAt(at))',
    tests: OVERRIDE,
  },
  {
    guard: 'override: one that holds the tier warns nobody',
    file: ADVANCE,
    from: 'rankOf(policy, tier) <= allowedRanks(policy, override, at).lowest;',
    to: 'rankOf(policy, tier) <= 0;',
    tests: OVERRIDE,
  },
  {
    guard: 'referral: the purchase of a friend lifts no block',
    file: 'packages/domain/src/decide.ts',
    from: 'const isUnblocked = present.isBlocked && !applied.isHandOver;',
    to: 'const isUnblocked = present.isBlocked;',
    tests: EXAMPLES,
  },
  {
    guard: 'window edge: an entry at t leaves at t + N, exactly',
    file: WINDOWED,
    from: '- this.#amounts.total(this.#left(at));',
    to: '- this.#amounts.total(this.#left(at - 1));',
    tests: EXAMPLES,
  },
  {
    guard: 'crossing: the instant at which the window is left is not missed',
    file: WINDOWED,
    from: 'return Math.min(enters, oldest === undefined ? Infinity : oldest + windowMs);',
    to: 'return enters;',
    tests: MODEL,
  },
  {
    guard: 'step: within N holds while less than N has passed',
    file: 'packages/domain/src/dimensions/recency.ts',
    from: 'if (at - last < (steps[place]?.withinMs ?? 0)) return place;',
    to: 'if (at - last <= (steps[place]?.withinMs ?? 0)) return place;',
    tests: EXAMPLES,
  },
  {
    guard: 'repeat: the same (source, eventId) counts once',
    file: 'packages/domain/src/ledger/entry-list.ts',
    from: '? entries.some((it) => it.eventKey === eventKey)',
    to: '? entries.length < 0',
    tests: ['test/model/arrival.model.test.ts'],
  },
  {
    guard: 'refund bound: an order never falls below zero',
    file: ORDERS,
    from: 'const taken = Math.min(toRefund, part.amountMinor);',
    to: 'const taken = toRefund;',
    tests: MODEL,
  },
  {
    guard: 'refund: oldest part first, and only what is left over goes on',
    file: ORDERS,
    from: 'toRefund -= taken;',
    to: '',
    tests: MODEL,
  },
  {
    guard: 'refund: an order of zero counts, one refunded to zero does not',
    file: ORDERS,
    from: 'const isFullyRefunded = refundedMinor > 0 && remaining.every((it) => it.amountMinor === 0);',
    to: 'const isFullyRefunded = remaining.every((it) => it.amountMinor === 0);',
    tests: MODEL,
  },
  {
    guard: 'cancellation: the latest of cancellations and reinstatements holds',
    file: ORDERS,
    from: 'return a.at > b.at ? a : b;',
    to: 'return a.at > b.at ? b : a;',
    tests: EXAMPLES,
  },
  {
    guard: 'refund without order: revenue never below zero',
    file: WINDOWED,
    from: 'return Math.max(0, this.#gains.at(at) + this.#losses.at(at));',
    to: 'return this.#gains.at(at) + this.#losses.at(at);',
    tests: MODEL,
  },
  {
    guard: 'at-risk: once an episode',
    file: ADVANCE,
    from: 'if (isAtRisk === standing.isWarned) return standing;',
    to: 'if (!isAtRisk && !standing.isWarned) return standing;',
    tests: EXAMPLES,
  },
  {
    guard: 'at-risk: no sooner than the notice',
    file: ADVANCE,
    from: "const isNear = next?.kind === 'demoted' && next.at - step.at <= noticeMs;",
    to: "const isNear = next?.kind === 'demoted';",
    tests: EXAMPLES,
  },
  {
    guard: 'withdrawn: a promotion older than the corrected order stands',
    file: WITHDRAW,
    from: 'correctedOrderAt > promotion.at || ',
    to: '',
    tests: GUARDS,
  },
  {
    guard: 'withdrawn: not where the present score would enter',
    file: WITHDRAW,
    from: 'if (presentScoreMilli >= borderMilli) break;',
    to: '',
    tests: EXAMPLES,
  },
  {
    guard: 'withdrawn: not where the score taken again still enters',
    file: WITHDRAW,
    from: 'if (scoreThenMilli >= borderMilli) break;',
    to: '',
    tests: EXAMPLES,
  },
  {
    guard: 'withdrawn: never where the policy keeps',
    file: WITHDRAW,
    from: "if (present.policy.lifecycle.onCorrection === 'keep') return [];",
    to: '',
    tests: EXAMPLES,
  },
  {
    guard: 'half to even: a half goes to the even neighbour',
    file: 'packages/domain/src/decimal.ts',
    from: 'return floor % 2 === 0 ? floor : floor + 1;',
    to: 'return floor + 1;',
    tests: [...MODEL, 'packages/domain/src/dimensions/dimensions.property.test.ts'],
  },
  {
    guard: 'cap: points, not more',
    file: 'packages/domain/src/dimensions/steps.ts',
    from: 'return capMilli === null ? points : Math.min(points, capMilli * perMilli);',
    to: 'return points;',
    tests: MODEL,
  },
  {
    guard: 'quantile ties: together means together',
    file: 'packages/domain/src/calibration/quantile-borders.ts',
    from: "if (ties === 'rank') {",
    to: 'if (ties !== null) {',
    tests: QUANTILES,
  },
  {
    guard: 'quantile ties: by rank equal values are told apart by id',
    file: 'packages/domain/src/calibration/quantile-borders.ts',
    from: 'lastId: isTied ? low.customerId : null',
    to: 'lastId: null',
    tests: QUANTILES,
  },
  {
    guard: 'ahead of the clock: no more than a day',
    file: 'packages/domain/src/refusal.ts',
    from: 'if (event.occurredAt > clock + AHEAD_OF_CLOCK_MAX_MS) {',
    to: 'if (event.occurredAt > Infinity) {',
    tests: MODEL,
  },
  {
    guard: 'horizon: what is older is refused',
    file: 'packages/domain/src/refusal.ts',
    from: "if (event.occurredAt < oldest) return { reason: 'too-old', detail: 'occurredAt' };",
    to: '',
    tests: MODEL,
  },
  {
    guard: 'horizon: nothing is done to an order that is older',
    file: 'packages/domain/src/refusal.ts',
    from: "if (order !== null && order.at < oldest) return { reason: 'too-old', detail: 'orderId' };",
    to: '',
    tests: EXAMPLES,
  },
  ...RECORD_MUTANTS,
  ...IDENTITY_MUTANTS,
];
