import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aComplaint, aLifecycle, aPolicy, aPurchase, TestPartition } from '../builders/index.ts';
import type { ValueModel } from '../calibration/calibration.ts';
import type { CustomerState, Standing } from '../customer-state.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import { type Grading, grade } from '../policy/grading.ts';
import {
  type Dimension,
  isValueDimension,
  type Policy,
  QUALIFICATIONS,
  SOFT_LANDINGS,
} from '../policy/policy.ts';
import { advance, dueAfter, judgeAt } from './advance.ts';
import { nextMove } from './look-ahead.ts';
import { OVERRIDE_KINDS, type Override } from './override.ts';
import { type Terms, termsOf } from './terms.ts';

const HOUR_MS = 3_600_000;
/**
 * Every instant of these histories is a number of days, give or take a change of the clocks, from noon UTC or from
 * midnight in one of the zones: looking at these hours of every day misses nothing.
 */
const HOURS = [3, 4, 5, 6, 11, 12, 13, 15, 16, 17, 22, 23, 24, 25];
const LAST = 820 * DAY_MS;
const NOON = Date.parse('2023-11-20T12:00:00Z');

interface Told {
  readonly type: string;
  readonly at: Instant;
  readonly from: string;
  readonly to: string;
}

interface Life {
  tier: string;
  since: Instant;
  graceSince: Instant | null;
  isBlocked: boolean;
}

interface World {
  readonly policy: Policy;
  readonly scoreAt: (at: Instant) => number;
  readonly override: Override | null;
  readonly joinedAt: Instant;
}

const clocks = new Map<string, (at: Instant) => string>();

/** `2024-02-29 10:00:00` in a zone. */
function localText(timeZone: string): (at: Instant) => string {
  const clock = clocks.get(timeZone) ?? clockOf(timeZone);
  clocks.set(timeZone, clock);
  return clock;
}

function clockOf(timeZone: string): (at: Instant) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const known = new Map<Instant, string>();
  return (at) => {
    const text = known.get(at) ?? format.format(at);
    known.set(at, text);
    return text;
  };
}

/** What the wall clock says; no zone here changes its clocks at an hour at which anything happens. */
function endsPeriod({ policy, joinedAt }: World, since: Instant, at: Instant): boolean {
  const local = localText(policy.timeZone);
  const { qualification } = policy.lifecycle;
  if (at <= since || qualification === 'rolling') return false;
  if (qualification === 'calendar') return local(at).slice(5) === '01-01 00:00:00';
  const from = qualification === 'join_anniversary' ? joinedAt : since;
  const year = Number(local(at).slice(0, 4));
  const isLeap = year % 4 === 0;
  const wanted = isLeap ? local(from).slice(5) : local(from).slice(5).replace('02-29', '02-28');
  return at > from && year > Number(local(from).slice(0, 4)) && local(at).slice(5) === wanted;
}

function rangeAt({ policy, override }: World, at: Instant): readonly [number, number] {
  const top = policy.ladder.length - 1;
  if (override === null || (override.until !== null && at >= override.until)) return [0, top];
  const rank = policy.ladder.indexOf(override.tier);
  return [override.kind === 'ceiling' ? 0 : rank, override.kind === 'floor' ? top : rank];
}

const enter = (policy: Policy, rank: number): number =>
  rank === 0 ? -Infinity : (policy.borders[rank - 1]?.enterMilli ?? 0);
const leave = (policy: Policy, rank: number): number =>
  rank === 0 ? -Infinity : (policy.borders[rank - 1]?.leaveMilli ?? 0);

/** One instant, by the words of the rules. */
function live(world: World, life: Life, at: Instant): readonly Told[] {
  const { policy } = world;
  const { lifecycle, ladder } = policy;
  const told: Told[] = [];
  const score = world.scoreAt(at);
  const [lowest, highest] = rangeAt(world, at);
  const isEnd = endsPeriod(world, life.since, at);
  const isLook = lifecycle.qualification === 'rolling' || isEnd || world.override?.until === at;
  const move = (type: string, to: number): void => {
    told.push({ type, at, from: life.tier, to: ladder[to] as string });
    life.tier = ladder[to] as string;
    life.since = at;
    life.graceSince = null;
    life.isBlocked = type === 'demoted' && lifecycle.softLanding === 'base';
  };
  for (;;) {
    const rank = ladder.indexOf(life.tier);
    let up = 0;
    for (let r = 0; r <= highest; r++) if (score >= enter(policy, r)) up = r;
    if (up > rank && !life.isBlocked) {
      move('promoted', up);
      continue;
    }
    if (rank <= lowest || score >= leave(policy, rank)) {
      life.graceSince = null;
      break;
    }
    const mayStart = isLook && (lifecycle.qualification === 'rolling' || at > life.since);
    life.graceSince ??= mayStart ? at : null;
    if (life.graceSince === null) break;
    if (at < life.graceSince + lifecycle.graceMs || at < life.since + lifecycle.minimumStayMs)
      break;
    let target = rank - 1;
    if (lifecycle.softLanding === 'base') target = 0;
    if (lifecycle.softLanding === 'target') while (score < leave(policy, target)) target--;
    move('demoted', Math.max(target, lowest));
  }
  const rank = ladder.indexOf(life.tier);
  if (isEnd && told.length === 0 && score >= leave(policy, rank)) {
    told.push({ type: 'renewed', at, from: life.tier, to: life.tier });
  }
  return told;
}

const lifeOf = ({ tier, since, graceSince, isBlocked }: Standing): Life => ({
  tier,
  since,
  graceSince,
  isBlocked,
});

function hoursOf(noon: Instant, span: number): readonly Instant[] {
  const midnight = noon - 12 * HOUR_MS;
  return Array.from({ length: span / DAY_MS + 1 }, (_, day) =>
    HOURS.map((hour) => midnight + day * DAY_MS + hour * HOUR_MS),
  )
    .flat()
    .filter((at) => at > noon && at <= noon + span);
}

/** The whole life, instant by instant, twice: at-risk needs to know the moves to come. */
function liveAll(
  world: World,
  start: Standing,
  { instants, until }: { readonly instants: readonly Instant[]; readonly until: Instant },
): readonly Told[] {
  const moves: Told[] = [];
  const life = lifeOf(start);
  for (const at of instants) {
    moves.push(...live(world, life, at).filter((it) => it.type !== 'renewed'));
  }
  const all: Told[] = [];
  Object.assign(life, lifeOf(start));
  let { isWarned } = start;
  const notice = world.policy.lifecycle.atRiskNoticeMs;
  for (const at of instants) {
    if (at > until) break;
    const told = live(world, life, at);
    all.push(...told);
    if (told.some((it) => it.type !== 'renewed')) isWarned = false;
    const next = moves.find((it) => it.at > at);
    const canFall = world.policy.ladder.indexOf(life.tier) > rangeAt(world, at)[0];
    const isNear = next?.type === 'demoted' && notice !== null && next.at - at <= notice;
    const isAtRisk = notice !== null && canFall && (isNear || life.graceSince !== null);
    if (isAtRisk && !isWarned) all.push({ type: 'at-risk', at, from: life.tier, to: life.tier });
    isWarned = isAtRisk;
  }
  return all;
}

function remembered(scoreAt: (at: Instant) => number): (at: Instant) => number {
  const known = new Map<Instant, number>();
  return (at) => {
    const score = known.get(at) ?? scoreAt(at);
    known.set(at, score);
    return score;
  };
}

const FINER_MS = [HOUR_MS, 60_000, 1_000, 1];

/**
 * The milliseconds at which the score differs from the one before, between instants at which nothing else happens:
 * wherever it differs at the two ends, all that lies between is looked at closer, down to every millisecond.
 */
function crossingsOf(
  scoreAt: (at: Instant) => number,
  { from, to, finer = FINER_MS }: { from: Instant; to: Instant; finer?: readonly number[] },
): readonly Instant[] {
  const [step, ...rest] = finer;
  if (scoreAt(from) === scoreAt(to)) return [];
  if (step === undefined) return [to];
  const found: Instant[] = [];
  for (let at = from; at < to; at += step) {
    found.push(...crossingsOf(scoreAt, { from: at, to: Math.min(at + step, to), finer: rest }));
  }
  return found;
}

/** Where a model moves the score, and every whole number of days from there: no span of a policy is less. */
function instantsWith(world: World, from: Instant): readonly Instant[] {
  const halfDays = Array.from({ length: (4 * LAST) / DAY_MS }, (_, i) => from + (i * DAY_MS) / 2);
  const crossings = halfDays.flatMap((at) =>
    crossingsOf(world.scoreAt, { from: at, to: at + DAY_MS / 2 - 1 }),
  );
  const moved = crossings.flatMap((at) => halfDays.map((it) => it - from + at));
  const back = crossings.flatMap((at) => halfDays.map((it) => at - it + from));
  const all = new Set([...halfDays, ...moved, ...back]);
  return [...all].filter((at) => at > from && at <= from + 2 * LAST).toSorted((a, b) => a - b);
}

const days = (...choices: number[]) => fc.constantFrom(...choices.map((it) => it * DAY_MS));

const policies = fc
  .record({
    timeZone: fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York'),
    minimumStayMs: days(0, 0, 10, 200, 400),
    graceMs: days(0, 0, 5, 30, 370),
    softLanding: fc.constantFrom(...SOFT_LANDINGS),
    qualification: fc.constantFrom(...QUALIFICATIONS),
    atRiskNoticeMs: fc.option(days(1, 20, 400), { freq: 3 }),
    leaveGold: fc.constantFrom(2_000, 3_000, 4_000),
    windowMs: days(30, 100, 400),
  })
  .map(({ timeZone, leaveGold, windowMs, ...lifecycle }): Policy => {
    const { dimensions, borders } = aPolicy();
    const complaints = {
      name: 'complaints',
      of: 'complaints',
      windowMs: 60 * DAY_MS,
      weightMilli: -1_000,
      capMilli: null,
      otherwiseMilli: 0,
      steps: [],
      perMilli: { low: 1_000, medium: 2_000, high: 3_000, critical: 4_000 },
      resolvedCountsMilli: 1_000,
    } as const;
    return aPolicy({
      timeZone,
      dimensions: [...dimensions.map((it) => ({ ...it, windowMs }) as typeof it), complaints],
      borders: borders.map((it) => (it.tier === 'gold' ? { ...it, leaveMilli: leaveGold } : it)),
      lifecycle: aLifecycle(lifecycle),
    });
  });

const overrides = fc.option(
  fc.record({
    kind: fc.constantFrom(...OVERRIDE_KINDS),
    tier: fc.constantFrom('bronze', 'silver', 'gold'),
    reason: fc.constant('contract'),
    actor: fc.constant('ann'),
    until: fc.option(fc.integer({ min: 1, max: 500 }).map((it) => NOON + it * DAY_MS)),
  }),
);

const histories = fc.record({
  orders: fc.array(fc.integer({ min: -99, max: 0 }), { minLength: 1, maxLength: 7 }),
  complaints: fc.array(fc.integer({ min: -59, max: 0 }), { maxLength: 2 }),
});

interface Situation {
  readonly terms: Terms;
  /** The same grading, of which nothing was asked yet that it could remember. */
  readonly regraded: Grading;
  readonly standing: Standing;
  readonly clock: Instant;
}

/** Everybody's last record is at noon of one day; from there on nothing more happens. */
function situationOf(
  policy: Policy,
  { orders, complaints }: { orders: readonly number[]; complaints: readonly number[] },
  { override, model = null }: { override: Override | null; model?: ValueModel | null },
): Situation {
  const partition = new TestPartition(policy);
  const at = (n: number): Instant => NOON + n * DAY_MS;
  const events = [
    ...orders.map((n) => aPurchase(at(n))),
    ...complaints.map((n, i) => aComplaint(at(n), { ticketId: `t${i}` })),
    aPurchase(at(0)),
  ];
  partition.events(...events.toSorted((a, b) => a.occurredAt - b.occurredAt));
  const state = partition.customers.get('c1') as CustomerState;
  const standing = state.standing as Standing;
  const [lowest, highest] = rangeAt(
    { policy, override, scoreAt: () => 0, joinedAt: 0 },
    state.clock,
  );
  const rank = Math.min(Math.max(policy.ladder.indexOf(standing.tier), lowest), highest);
  const setId = state.setId as string;
  const models = policy.dimensions.filter(isValueDimension).map(({ name, minimumPopulation }) => ({
    policy: policy.name,
    dimension: name,
    population: 99,
    minimumPopulation,
    model,
    why: null,
  }));
  const calibration = { id: 'calibration', setId, at: 0, dimensions: [], models };
  const yardstick = { policy, setId, calibration };
  const gradeAnew = (): Grading => grade(state.ledger, yardstick, 'c1');
  const terms = termsOf(gradeAnew(), { ...state, override });
  const forced = { ...standing, tier: policy.ladder[rank] as string, isWarned: false };
  const judged = judgeAt(terms, forced, { at: state.clock, onFinding: () => 'id' });
  return { terms, regraded: gradeAnew(), standing: judged as Standing, clock: state.clock };
}

/** What the walks of the fold find from the clock on, against what the words of the rules give at all the instants. */
function expectTheSame(
  { terms, standing, clock }: Situation,
  world: World,
  instants: readonly Instant[],
): readonly Told[] {
  const found: Told[] = [];
  advance(terms, standing, {
    after: clock,
    until: clock + LAST,
    onFinding: (it) => {
      const [from, to] = 'tier' in it ? [it.tier, it.tier] : [it.fromTier, it.toTier];
      found.push({ type: it.type, at: it.at, from, to });
      return 'id';
    },
  });
  const expected = liveAll(world, standing, { instants, until: clock + LAST });
  expect(found).toEqual(expected);

  const due = dueAfter(terms, standing, clock);
  const isPast = due !== null && due > clock + LAST;
  expect(isPast ? null : due).toBe(expected[0]?.at ?? null);
  const move = nextMove(terms, standing, clock);
  const moved = expected.find((it) => it.type === 'promoted' || it.type === 'demoted');
  if (moved !== undefined || move === null) expect(move?.at).toBe(moved?.at);
  else expect(move.at).toBeGreaterThan(clock + LAST);
  return expected;
}

const worldOf = (
  policy: Policy,
  override: Override | null,
  { terms: { joinedAt }, regraded }: Situation,
): World => ({
  policy,
  override,
  joinedAt: joinedAt as Instant,
  scoreAt: remembered((at) => regraded.scoreMilliAt(at)),
});

test('what comes in time is what looking at every hour finds, with periods and overrides', () => {
  fc.assert(
    fc.property(policies, histories, overrides, (policy, history, override) => {
      const situation = situationOf(policy, history, { override });
      const world = worldOf(policy, override, situation);
      expectTheSame(situation, world, hoursOf(situation.clock, 2 * LAST));
    }),
    { numRuns: Number(process.env['STRATA_MODEL_CASES'] ?? 25) },
  );
}, 600_000);

const models = fc.constantFrom<ValueModel>(
  { purchases: { r: 0.243, alpha: 30.9, a: 0.793, b: 2.426 }, spend: { p: 6.25, q: 3.74, v: 43 } },
  { purchases: { r: 1.5, alpha: 20, a: 0.3, b: 1.2 }, spend: { p: 1.2, q: 1.5, v: 30 } },
);

const AT_ONCE = { qualification: 'rolling', minimumStayMs: 0 } as const;

/** A person's word hides what the score does. */
const seldom = fc.boolean().chain((isGiven) => (isGiven ? overrides : fc.constant(null)));

/** One dimension that a model answers, so that no fall hides another; alone, or beside those that windows end. */
const modelled = fc
  .tuple(
    policies,
    fc.constantFrom(
      { of: 'p_alive' as const, borders: [900, 600, 300] },
      { of: 'p_alive' as const, borders: [990, 750] },
      { of: 'clv' as const, borders: [90_000, 30_000, 9_000] },
      { of: 'clv' as const, borders: [60_000, 20_000] },
    ),
    fc.constantFrom(1_000, 2_000, 2_000, -1_000),
    fc.record({ isAlone: fc.boolean(), isRolling: fc.boolean() }),
  )
  .map(([policy, { of, borders }, weightMilli, { isAlone, isRolling }]): Policy => {
    const dimension = {
      name: 'value',
      weightMilli,
      capMilli: null,
      otherwiseMilli: 0,
      minimumPopulation: 1,
      steps: borders.map((atLeastMilli, i) => ({
        atLeastMilli,
        pointsMilli: (borders.length - i) * 1_000,
      })),
    };
    const value: Dimension =
      of === 'clv'
        ? { ...dimension, of, horizonMs: 90 * DAY_MS, monthlyDiscountMilli: 10 }
        : { ...dimension, of };
    const { dimensions, lifecycle } = policy;
    return {
      ...policy,
      // There every anniversary is a whole number of days away.
      timeZone: 'UTC',
      dimensions: isAlone ? [value] : [...dimensions, value],
      lifecycle: { ...lifecycle, ...(isRolling ? AT_ONCE : {}) },
    };
  });

test('what a model moves in time is what looking at every millisecond finds', () => {
  let crossed = 0;
  fc.assert(
    fc.property(
      fc.tuple(modelled, models),
      histories,
      seldom,
      ([policy, model], history, override) => {
        const situation = situationOf(policy, history, { override, model });
        const world = worldOf(policy, override, situation);
        const expected = expectTheSame(situation, world, instantsWith(world, situation.clock));
        crossed += expected.filter(({ at }) => at % (DAY_MS / 2) !== 0).length;
      },
    ),
    { numRuns: Number(process.env['STRATA_MODEL_CASES'] ?? 25) },
  );
  expect(crossed).toBeGreaterThan(0);
}, 600_000);
