import type { Mutant } from './mutant.ts';

const CATCH_UP = 'packages/domain/src/calibration/catch-up.ts';
const TURNS = 'packages/domain/src/calibration/turns.ts';
const ACTIVATED = ['packages/domain/src/policy/activation.test.ts'];
const CALIBRATED = ['packages/domain/src/calibration/calibrated-fold.test.ts'];
const RATES_FOLD = ['packages/domain/src/rates/rates-fold.test.ts'];
const POPULATIONS = ['packages/domain/src/policy/populations.test.ts'];
const REFERRALS = 'packages/domain/src/referrals.ts';
const REFERRALS_TOLD = ['packages/domain/src/referrals.test.ts'];
const FOLD_WORK = 'packages/domain/src/fold-work.ts';

/** The guards of what records bring beside events: calibrations, rates, hand-overs; and of who grades whom. */
export const RECORD_MUTANTS: readonly Mutant[] = [
  {
    guard: 'calibration: what falls due before it is decided by the one before',
    file: CATCH_UP,
    from: 'if (turn.since > current.clock) current = walk.settled(current, turn.since);',
    to: '',
    tests: CALIBRATED,
  },
  {
    guard: 'calibration: each is passed at its own instant, in order',
    file: TURNS,
    from: '(passed[index + 1]?.since ?? Infinity) > clock &&',
    to: 'passed[index + 1] === undefined &&',
    tests: CALIBRATED,
  },
  {
    guard: 'calibration: a correction of rates and a calibration are passed in the order of time',
    file: TURNS,
    from: 'turns.sort((one, other) => one.since - other.since);',
    to: 'turns;',
    tests: CALIBRATED,
  },
  {
    guard: 'activation: whoever passes it is graded by its set',
    file: CATCH_UP,
    from: 'const state = { ...before, setId, clock: Math.max(before.clock, since) };',
    to: 'const state = { ...before, clock: Math.max(before.clock, since) };',
    tests: ACTIVATED,
  },
  {
    guard: 'activation: a publication is taken once',
    file: 'packages/domain/src/partition-state.ts',
    from: 'if (isTaken) return partition;\n  const isKnown',
    to: 'const isKnown',
    tests: ACTIVATED,
  },
  {
    guard: 'activation: what is not to be announced is backfill',
    file: CATCH_UP,
    from: 'deciding.emit(isTold ? change : { ...change, backfill: true });',
    to: 'deciding.emit(isTold === null ? { ...change, backfill: true } : change);',
    tests: ACTIVATED,
  },
  {
    guard: 'activation: who is swept is kept, also where no tier moves',
    file: FOLD_WORK,
    from: 'this.keep(customerId, this.settled(customerId, state, clock));\n  }\n\n  override',
    to: 'this.settled(customerId, state, clock);\n  }\n\n  override',
    tests: ACTIVATED,
  },
  {
    guard: 'activation: a tier that is no more is replaced',
    file: 'packages/domain/src/policy/activation.ts',
    from: 'return policy.replaces?.[tier] ?? (policy.ladder[0] as string);',
    to: 'return policy.ladder[0] as string;',
    tests: ACTIVATED,
  },
  {
    guard: 'activation: no promotion along tiers that are no more is taken back',
    file: 'packages/domain/src/decide.ts',
    from: 'promotions: promotions.every(isKnown) ? promotions : [] }',
    to: 'promotions: promotions.every(isKnown) ? promotions : promotions }',
    tests: ACTIVATED,
  },
  {
    guard: 'rate: an amount is converted once, whatever rates come later',
    file: 'packages/domain/src/rates/reconvert.ts',
    from: 'corrections.filter((it) => it.number > ratesNumber);',
    to: 'corrections;',
    tests: RATES_FOLD,
  },
  {
    guard: 'rate: converted again from the original amount, not from what came of it',
    file: 'packages/domain/src/rates/reconvert.ts',
    from: 'const event = { occurredAt: entry.at, amount: entry.original };',
    to: 'const event = { occurredAt: entry.at, amount: { ...entry.original, minor: entry.amountMinor } };',
    tests: RATES_FOLD,
  },
  {
    guard: "rate: of the latest day up to the event's",
    file: 'packages/domain/src/rates/rates.ts',
    from: 'return days[countUpTo(days, day) - 1] ?? null;',
    to: 'return days.at(-1) ?? null;',
    tests: ['packages/domain/src/rates/rates.property.test.ts'],
  },
  {
    guard: 'rate: a table that came before changes nothing',
    file: 'packages/domain/src/rates/rates.ts',
    from: 'if (table.number <= rates.number) return rates;',
    to: '',
    tests: ['packages/domain/src/rates/rates.property.test.ts'],
  },
  {
    guard: 'rate: rounded half to even',
    file: 'packages/domain/src/rates/convert.ts',
    from: '(twiceRest === divisor && floor % 2n === 1n);',
    to: 'twiceRest === divisor;',
    tests: ['packages/domain/src/rates/rates.property.test.ts'],
  },
  {
    guard: 'hand-over of a population: another policy assigns anew',
    file: 'packages/domain/src/decide.ts',
    from: 'state.standing === null || applied.formerPolicy !== grading.policy.name;',
    to: 'state.standing === null;',
    tests: POPULATIONS,
  },
  {
    guard: 'population: who has bought is existing, whatever is cancelled later',
    file: FOLD_WORK,
    from: 'if (state.isExisting || ordersOf(state.ledger).every((it) => it.isCancelled)) return state;',
    to: 'if (ordersOf(state.ledger).every((it) => it.isCancelled)) return { ...state, isExisting: false };',
    tests: POPULATIONS,
  },
  {
    guard: 'population: a cancelled order makes nobody existing',
    file: FOLD_WORK,
    from: 'if (state.isExisting || ordersOf(state.ledger).every((it) => it.isCancelled)) return state;',
    to: 'if (state.isExisting || ordersOf(state.ledger).length === 0) return state;',
    tests: REFERRALS_TOLD,
  },
  {
    guard: 'population: an attribute wins over the policy for existing customers',
    file: 'packages/domain/src/policy/population.ts',
    from: "grading(set, (to) => typeof to === 'object' && hasAttribute(customer, to)) ??",
    to: 'null ??',
    tests: POPULATIONS,
  },
  {
    guard: 'referral: counts when the named customer has bought, not when it is named',
    file: REFERRALS,
    from: 'if (state.existingSince !== null) {',
    to: 'if (at !== null) {',
    tests: REFERRALS_TOLD,
  },
  {
    guard: 'referral: made after the named customer was existing never counts',
    file: REFERRALS,
    from: 'if (at > since) return',
    to: 'if (at > Infinity) return',
    tests: REFERRALS_TOLD,
  },
  {
    guard: 'referral: of one customer counts once',
    file: REFERRALS,
    from: 'if (isKnown(ledger, eventKey)) return null;',
    to: '',
    tests: REFERRALS_TOLD,
  },
  {
    guard: 'hand-over: one that comes again changes nothing',
    file: 'packages/domain/src/hand-over.ts',
    from: '(from.epoch === last.epoch && from.number <= last.number);',
    to: 'false;',
    tests: [...REFERRALS_TOLD, 'packages/domain/src/merging.test.ts'],
  },
  {
    guard: 'tick: an early one changes nothing',
    file: FOLD_WORK,
    from: 'if (settled.seq === state.seq) {',
    to: 'if (settled.seq < 0) {',
    tests: ['packages/domain/src/fold.test.ts', 'test/model/fold.model.test.ts'],
  },
];
