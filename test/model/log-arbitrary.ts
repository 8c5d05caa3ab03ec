import {
  type AttributeValue,
  type CustomerEvent,
  DAY_MS,
  type Instant,
  type LogRecord,
  OVERRIDE_KINDS,
  type Override,
  type Policy,
  type PolicySet,
  SEVERITIES,
  type TimeMode,
} from '@strata/domain';
import fc from 'fast-check';

import type { LoggedRecord } from './oracle/oracle.ts';
import { LADDER, stretched } from './policy-arbitrary.ts';
import { currencyOf } from './rates-arbitrary.ts';
import { isTurn, Turns } from './turns.ts';

/** Among them new year, midnight of new year in Shanghai, 29 February, and days on which clocks are put forward. */
const STARTS = [
  Date.UTC(2026, 0, 1),
  Date.UTC(2025, 11, 31, 16),
  Date.UTC(2024, 1, 29, 4, 30),
  Date.UTC(2016, 9, 16, 3),
  Date.UTC(2022, 2, 13, 7, 30),
];
/** Room behind each record for what it hands over, and for what a test puts in between. */
export const OFFSETS_EACH = 1_000;

const HALF_DAY_MS = DAY_MS / 2;

/** One thing that happens, in small numbers that shrink well. */
interface Move {
  readonly kind:
    | 'purchase'
    | 'refund'
    | 'orderless-refund'
    | 'order-cancelled'
    | 'order-reinstated'
    | 'complaint'
    | 'complaint-resolved'
    | 'engagement'
    | 'feedback'
    | 'referral'
    | 'interaction'
    | 'opportunity'
    | 'profile'
    | 'override-set'
    | 'override-cleared'
    | 'calibrated'
    | 'policy-activated'
    | 'rates-published'
    | 'rates-corrected'
    | 'repeat';
  /** Half days since the move before. */
  readonly gap: number;
  /** Half days by which the event is dated before its turn; negative: dated ahead. */
  readonly lag: number;
  /** Milliseconds beside the half day. */
  readonly jitter: number;
  readonly customer: number;
  /** Which order, ticket, or earlier event. */
  readonly pick: number;
  readonly amount: number;
  /** Mostly the base currency. */
  readonly currency: number;
  /** Category, channel, satisfaction, score, model or rates. */
  readonly label: number;
  /** What follows: nothing, a tick at once, or half days of quiet and then a tick. */
  readonly tickAfter: number | null;
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 20, arbitrary: fc.constant('purchase' as const) },
    { weight: 6, arbitrary: fc.constant('refund' as const) },
    { weight: 2, arbitrary: fc.constant('orderless-refund' as const) },
    { weight: 4, arbitrary: fc.constant('order-cancelled' as const) },
    { weight: 2, arbitrary: fc.constant('order-reinstated' as const) },
    { weight: 4, arbitrary: fc.constant('complaint' as const) },
    { weight: 2, arbitrary: fc.constant('complaint-resolved' as const) },
    { weight: 4, arbitrary: fc.constant('engagement' as const) },
    { weight: 2, arbitrary: fc.constant('feedback' as const) },
    { weight: 3, arbitrary: fc.constant('referral' as const) },
    { weight: 1, arbitrary: fc.constant('interaction' as const) },
    { weight: 1, arbitrary: fc.constant('opportunity' as const) },
    { weight: 2, arbitrary: fc.constant('profile' as const) },
    { weight: 2, arbitrary: fc.constant('override-set' as const) },
    { weight: 1, arbitrary: fc.constant('override-cleared' as const) },
    { weight: 2, arbitrary: fc.constant('calibrated' as const) },
    { weight: 2, arbitrary: fc.constant('policy-activated' as const) },
    { weight: 1, arbitrary: fc.constant('rates-published' as const) },
    { weight: 2, arbitrary: fc.constant('rates-corrected' as const) },
    { weight: 2, arbitrary: fc.constant('repeat' as const) },
  ),
  gap: fc.constantFrom(0, 1, 2, 2, 4, 6, 10, 20),
  lag: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.constantFrom(1, 2, 5, 10, 20, 50) },
    { weight: 1, arbitrary: fc.constantFrom(-1, -2, -3, 90, 170) },
  ),
  jitter: fc.constantFrom(0, 0, 0, 1, -1),
  customer: fc.constantFrom(0, 0, 0, 0, 1, 2),
  pick: fc.nat(7),
  amount: fc.constantFrom(0, 50, 100, 100, 120, 200, 333),
  currency: fc.constantFrom(9, 9, 9, 9, 9, 9, 9, 9, 0, 1, 2),
  label: fc.nat(15),
  tickAfter: fc.constantFrom(null, null, 0, 1, 5, 13),
});

export interface ModelLog {
  readonly time: TimeMode;
  readonly records: readonly LoggedRecord[];
  readonly set: PolicySet;
  readonly customerIds: readonly string[];
  /** The last instant of the log. */
  readonly endAt: Instant;
}

export interface LogShape {
  readonly time: TimeMode;
  readonly startAt: Instant;
  /** All spans are so many times as long; those of the policy have to be stretched as well. */
  readonly factor: number;
  readonly horizonDays: number;
  /** Which models and rates are there from the beginning; null for none. */
  readonly prepared: number | null;
  readonly moves: readonly Move[];
  /** Half days of quiet at the end. */
  readonly quiet: number;
}

export const logShapeArbitrary: fc.Arbitrary<LogShape> = fc.record({
  time: fc.constantFrom('wall' as const, 'data' as const),
  startAt: fc.constantFrom(...STARTS),
  // 73 days are a fifth of a year.
  factor: fc.constantFrom(1, 1, 1, 12, 73),
  horizonDays: fc.constantFrom(800, 800, 800, 40),
  prepared: fc.constantFrom(0, 1, 2, 3, 5, 6, null),
  moves: fc.array(move, { minLength: 1, maxLength: 16, size: 'max' }),
  quiet: fc.constantFrom(0, 3, 20, 150),
});

export const customerIdOf = (index: number): string => `c${index + 1}`;

/**
 * The log of one partition that a shape stands for, with the policies stretched as the shape says. Where there are others
 * the two sets take turns.
 */
export function logOf(
  shape: LogShape,
  policies: readonly Policy[],
  others: readonly Policy[] | null = null,
): ModelLog {
  const { time, startAt, factor } = shape;
  const records: LoggedRecord[] = [];
  const append = (record: LogRecord, appendedAt: Instant): void => {
    records.push({ offset: records.length * OFFSETS_EACH, appendedAt, record });
  };
  const horizonDays = shape.horizonDays * factor;
  const unit = HALF_DAY_MS * factor;
  const setOf = (id: string, those: readonly Policy[]): PolicySet => {
    return { id, policies: those.map((policy) => stretched(policy, factor)) };
  };
  const set = setOf('set-1', policies);
  const sets = others === null ? [set] : [set, setOf('set-2', others)];
  append({ kind: 'stack-opened', time, partitions: 8, ledgerHorizonDays: horizonDays }, startAt);
  append({ kind: 'policy-activated', set }, startAt);
  const turns = new Turns(sets, shape);
  if (shape.prepared !== null) {
    for (const record of turns.prepared(shape.prepared)) append(record, startAt);
  }
  const customerIds = [...new Set(shape.moves.map((it) => customerIdOf(it.customer)))];
  const events: CustomerEvent[] = [];
  let now = startAt;
  for (const [index, it] of shape.moves.entries()) {
    now += it.gap * unit;
    if (isTurn(it)) {
      const record = turns.recordOf(it, now);
      if (record === null) continue;
      // Behind the clock of everybody, and never two at one instant: else it showed who was touched in between.
      const latest = Math.max(now, ...events.map(({ occurredAt }) => occurredAt));
      now += Math.ceil((latest - now) / unit) * unit + unit;
      if (time === 'data') append({ kind: 'clock', at: now }, now);
      append(record, now);
      continue;
    }
    if (isOverride(it)) {
      append(overrideRecordOf(it, index, { time, now, unit }), now);
      continue;
    }
    // Ahead of the clock no event may be dated by more than a day, however long everything else takes.
    const occurredAt = now - it.lag * (it.lag < 0 ? HALF_DAY_MS : unit) + it.jitter;
    const event = eventOf(it, index, { occurredAt, events, horizonDays });
    events.push(event);
    append(recordOf(time, event), now);
    if (it.tickAfter === null) continue;
    now += it.tickAfter * unit;
    if (time === 'data' && it.tickAfter > 0) append({ kind: 'clock', at: now }, now);
    append({ kind: 'tick', customerIds }, now);
  }
  const endAt = now + shape.quiet * unit;
  if (time === 'data') append({ kind: 'clock', at: endAt }, endAt);
  append({ kind: 'tick', customerIds }, endAt);
  return { time, records, set, customerIds, endAt };
}

function recordOf(time: TimeMode, event: CustomerEvent): LogRecord {
  return time === 'data'
    ? { kind: 'event', event, clockAt: event.occurredAt }
    : { kind: 'event', event };
}

const isOverride = ({ kind }: Move): boolean =>
  kind === 'override-set' || kind === 'override-cleared';

/** Some tiers are not in every ladder, some ends have passed already. */
function overrideRecordOf(
  { kind, customer, pick, label, lag }: Move,
  index: number,
  { time, now, unit }: { readonly time: TimeMode; readonly now: Instant; readonly unit: number },
): LogRecord {
  const decision = {
    id: `d${index}`,
    customerId: customerIdOf(customer),
    ...(time === 'data' ? { clockAt: now } : {}),
  };
  const why = { reason: 'a promise', actor: 'a person' };
  if (kind === 'override-cleared') return { kind, ...decision, ...why };
  const override: Override = {
    kind: OVERRIDE_KINDS[label % 3] ?? 'lock',
    tier: LADDER[pick % 4] as string,
    until: label < 5 ? null : now + (label - 6 + lag) * unit,
    ...why,
  };
  return { kind: 'override-set', ...decision, override };
}

/**
 * When all of an order or ticket is older than two horizons it is forgotten, and its name may come again for another.
 * Not in these logs: a name belongs to events of one horizon, and what is dated more than one horizon back is refused.
 */
const eraOf = (at: Instant, horizonDays: number): number => Math.floor(at / (horizonDays * DAY_MS));

/** Mostly an order that is known already, for whatever corrects one; sometimes one that comes only later. */
function orderIdOf(
  it: Move,
  index: number,
  { base, events, horizonDays }: LogSoFar & { readonly base: EventBase },
): string {
  const era = eraOf(base.occurredAt, horizonDays);
  const fresh = (n: number): string => `o${n} of ${era}`;
  if (it.kind === 'purchase' && it.pick < 4) return fresh(index);
  if (it.pick === 7) return fresh(index + 1);
  const known = events.flatMap((event) =>
    event.customerId === base.customerId && 'orderId' in event && event.orderId !== undefined
      ? [event.orderId]
      : [],
  );
  const ofEra = [...new Set(known)].filter((name) => name.endsWith(` of ${era}`)).reverse();
  return ofEra[it.pick % Math.max(1, ofEra.length)] ?? fresh(index);
}

/** What moves no value is known again for a week only. */
export const isKnownAgain = ({ type }: CustomerEvent): boolean =>
  !['interaction', 'opportunity', 'profile', 'referral'].includes(type);

interface EventBase {
  readonly customerId: string;
  readonly occurredAt: Instant;
}

interface LogSoFar {
  readonly occurredAt: Instant;
  readonly events: readonly CustomerEvent[];
  readonly horizonDays: number;
}

function eventOf(it: Move, index: number, soFar: LogSoFar): CustomerEvent {
  const { occurredAt, events, horizonDays } = soFar;
  const customerId = customerIdOf(it.customer);
  if (it.kind === 'repeat') {
    const own = events.filter((event) => event.customerId === customerId && isKnownAgain(event));
    const again = own[it.pick % Math.max(1, own.length)];
    if (again !== undefined) return again;
  }
  const base = {
    source: 'shop',
    // The letters turn, so that ids do not sort as the events are dated.
    eventId: `${'cab'[index % 3]}${index}`,
    customerId,
    occurredAt,
  };
  const order = {
    orderSource: 'shop',
    orderId: orderIdOf(it, index, { ...soFar, base }),
  };
  const amount = { minor: it.amount, currency: currencyOf(it.currency) };
  const ticketId = `t${it.pick % 2} of ${eraOf(base.occurredAt, horizonDays)}`;
  switch (it.kind) {
    case 'purchase':
      return { ...base, ...order, ...labelsOf(it.label), type: 'purchase', amount };
    case 'refund':
      return { ...base, ...order, type: 'refund', amount };
    case 'orderless-refund':
      return { ...base, type: 'refund', amount };
    case 'order-cancelled':
    case 'order-reinstated':
      return { ...base, ...order, type: it.kind };
    case 'complaint':
      return { ...base, type: 'complaint', ticketId, severity: SEVERITIES[it.pick % 4] ?? 'low' };
    case 'complaint-resolved':
      return { ...base, type: 'complaint-resolved', ticketId, ...satisfactionOf(it.label) };
    case 'engagement':
      return { ...base, type: 'engagement', kind: 'visit', weight: (it.pick + 1) * 0.333 };
    case 'referral':
      return { ...base, type: 'referral', referredCustomerId: customerIdOf(it.pick % 4) };
    case 'interaction':
      return { ...base, type: 'interaction', kind: 'call' };
    case 'opportunity':
      return { ...base, type: 'opportunity', stage: STAGES[it.pick % 4] as string };
    case 'profile':
      return { ...base, type: 'profile', attributes: attributesOf(it) };
    case 'feedback':
    case 'override-set':
    case 'override-cleared':
    case 'calibrated':
    case 'policy-activated':
    case 'rates-published':
    case 'rates-corrected':
    case 'repeat':
      return { ...base, type: 'feedback', ...scoreOf(it) };
  }
}

const STAGES = ['lead', 'quoted', 'won', 'lost'];

function attributesOf({ pick, label }: Move): Record<string, AttributeValue> {
  const segment = ['retail', 'bank', ['bank', 'retail'], 'farm'][label % 4] as AttributeValue;
  const region = ['east', 'west'][Math.floor(label / 4) % 2] as AttributeValue;
  const shareOfWallet = pick / 8;
  return [{ segment }, { region }, { segment, region }, { shareOfWallet }][pick % 4] as Record<
    string,
    AttributeValue
  >;
}

/** Some purchases name neither category nor channel. */
function labelsOf(label: number): { readonly category?: string; readonly channel?: string } {
  const category = [undefined, 'tea', 'pots', 'cups'][label % 4];
  const channel = [undefined, 'online', 'online', 'store'][Math.floor(label / 4)];
  return {
    ...(category === undefined ? {} : { category }),
    ...(channel === undefined ? {} : { channel }),
  };
}

const satisfactionOf = (label: number): { readonly satisfaction?: number } =>
  label % 6 === 0 ? {} : { satisfaction: label % 6 };

function scoreOf({ pick, label }: Move): { readonly score: number; readonly scale: number } {
  const scale = [3, 5, 7, 10][pick % 4] as number;
  return { score: Math.min(scale, label), scale };
}
