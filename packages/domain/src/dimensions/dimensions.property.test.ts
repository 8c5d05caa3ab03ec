import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aComplaint, aPolicy, aPurchase, day } from '../builders/index.ts';
import type { LedgerEvent, Purchase, Refund } from '../customer-event.ts';
import { EMPTY_LEDGER, type Ledger } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import { applyEvent, orderKeyOfEvent } from '../ledger/apply-event.ts';
import { orderOf } from '../ledger/orders.ts';
import { grade } from '../policy/grading.ts';
import type { Dimension } from '../policy/policy.ts';

const CASES = Number(process.env['STRATA_MODEL_CASES'] ?? 500);
const WINDOW_MS = day(10) - day(0);
const KINDS = ['average_order', 'feedback', 'satisfaction', 'categories', 'channels'] as const;

const base = {
  windowMs: WINDOW_MS,
  weightMilli: 1_000,
  capMilli: null,
  otherwiseMilli: -1_000,
};
/** Steps in the midst of what the values can be, and one kind that scores its value. */
const steps = [
  { atLeastMilli: 80_000, pointsMilli: 3_000 },
  { atLeastMilli: 33_333, pointsMilli: 2_000 },
  { atLeastMilli: 2_000, pointsMilli: 1_000 },
];
const dimensions: readonly Dimension[] = [
  ...KINDS.map((of) => ({ ...base, name: of, of, steps: of === 'channels' ? [] : steps })),
  { ...base, name: 'channel_share', of: 'channel_share', channel: 'online', steps },
];
const yardstick = { policy: aPolicy({ dimensions }), setId: 'set', calibration: null };

/** What may happen, before it has its instant: no two events share one, so their order in time is never in doubt. */
const happening = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('purchase' as const),
      order: fc.nat(4),
      minor: fc.constantFrom(0, 1, 50, 99, 100),
      category: fc.constantFrom(undefined, 'tea', 'cups', 'kettles'),
      channel: fc.constantFrom(undefined, 'online', 'store'),
    }),
  },
  fc.record({
    type: fc.constant('refund' as const),
    order: fc.option(fc.nat(4), { nil: undefined }),
    minor: fc.constantFrom(1, 50, 100, 150),
  }),
  fc.record({ type: fc.constant('order-cancelled' as const), order: fc.nat(4) }),
  fc.record({ type: fc.constant('feedback' as const), score: fc.nat(7), scale: fc.constant(7) }),
  fc.record({
    type: fc.constant('complaint-resolved' as const),
    satisfaction: fc.constantFrom(undefined, 0, 1.5, 3, 5),
  }),
  fc.constant({ type: 'complaint' as const }),
);

/** In the order of time, with whether each arrives where it belongs or somewhere else. */
const history = fc
  .array(
    fc.tuple(
      happening,
      fc.integer({ min: 1, max: 3 * 86_400_000 }),
      fc.integer({ min: 0, max: 9 }),
    ),
    { maxLength: 25 },
  )
  .map((items) => {
    let at = day(0);
    return items.map(([it, gapMs, place], index) => {
      at += gapMs;
      return { event: eventOf(it, at, index), place: place + index };
    });
  });

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function eventOf(it: Happening, occurredAt: Instant, index: number): LedgerEvent {
  const common = { source: 'shop', eventId: `e${index}`, customerId: 'c1', occurredAt };
  switch (it.type) {
    case 'purchase': {
      const { category, channel } = it;
      const purchase = aPurchase(occurredAt, {
        ...common,
        orderId: `o${it.order}`,
        amount: { minor: it.minor, currency: 'CNY' },
      });
      return {
        ...purchase,
        ...(category === undefined ? {} : { category }),
        ...(channel === undefined ? {} : { channel }),
      };
    }
    case 'refund': {
      const amount = { minor: it.minor, currency: 'CNY' };
      const about = it.order === undefined ? {} : { orderSource: 'shop', orderId: `o${it.order}` };
      return { type: 'refund', ...common, ...about, amount };
    }
    case 'order-cancelled':
      return { type: it.type, ...common, orderSource: 'shop', orderId: `o${it.order}` };
    case 'feedback':
      return { type: it.type, ...common, score: it.score, scale: it.scale };
    case 'complaint':
      return aComplaint(occurredAt, common);
    case 'complaint-resolved':
      return {
        type: it.type,
        ...common,
        ticketId: 't1',
        ...(it.satisfaction === undefined ? {} : { satisfaction: it.satisfaction }),
      };
  }
}

function ledgerOf(events: readonly LedgerEvent[]): Ledger {
  return events.reduce<Ledger>((ledger, event, offset) => {
    const amountMinor =
      event.type === 'purchase' || event.type === 'refund' ? event.amount.minor : 0;
    const orderKey = orderKeyOfEvent(event);
    const order = orderKey === null ? null : orderOf(ledger, orderKey);
    return applyEvent(ledger, event, { offset, amount: { amountMinor }, order }).ledger;
  }, EMPTY_LEDGER);
}

interface NaiveOrder {
  readonly parts: readonly (Purchase & { readonly left: number })[];
  readonly at: Instant;
}

/** Counted orders, straight from the events: neither cancelled nor refunded as a whole. */
function ordersOf(events: readonly LedgerEvent[]): readonly NaiveOrder[] {
  return [0, 1, 2, 3, 4].flatMap((n) => {
    const about = events.filter((it) => 'orderId' in it && it.orderId === `o${n}`);
    const bought = about.filter((it): it is Purchase => it.type === 'purchase');
    const refunds = about.filter((it): it is Refund => it.type === 'refund');
    if (bought.length === 0 || about.some((it) => it.type === 'order-cancelled')) return [];
    let refunded = refunds.reduce((sum, it) => sum + it.amount.minor, 0);
    const parts = bought.map((part) => {
      const left = Math.max(0, part.amount.minor - refunded);
      refunded = Math.max(0, refunded - part.amount.minor);
      return { ...part, left };
    });
    const isRefunded = refunds.length > 0 && parts.every(({ left }) => left === 0);
    return isRefunded ? [] : [{ parts, at: (parts[0] as Purchase).occurredAt }];
  });
}

/** Exact fraction, rounded to 3 decimals half to even. */
function rounded(dividend: bigint, divisor: bigint): number {
  const scaled = dividend * 1_000n;
  const whole = scaled / divisor;
  const twice = (scaled - whole * divisor) * 2n;
  const isUp = twice > divisor || (twice === divisor && whole % 2n === 1n);
  return Number(isUp ? whole + 1n : whole) / 1_000;
}

function naive(of: Dimension['of'], events: readonly LedgerEvent[], at: Instant): number | null {
  const isIn = (it: Instant): boolean => it <= at && it > at - WINDOW_MS;
  const within = events.filter((it) => isIn(it.occurredAt));
  const all = ordersOf(events);
  const orders = all.filter((it) => isIn(it.at));
  const bought = all
    .flatMap(({ parts }) => parts)
    .filter((it) => isIn(it.occurredAt) && (it.left > 0 || it.amount.minor === 0));
  const mean = (opinions: readonly number[]): number | null =>
    opinions.length === 0
      ? null
      : rounded(
          opinions.reduce((sum, it) => sum + BigInt(Math.round(it * 1_000)), 0n),
          BigInt(opinions.length) * 1_000n,
        );
  const different = (names: readonly (string | undefined)[]): number =>
    new Set(names.filter((it) => it !== undefined)).size;
  switch (of) {
    case 'average_order': {
      const sold = bought.reduce((sum, it) => sum + it.left, 0);
      const returned = within.reduce(
        (sum, it) => (it.type === 'refund' && !('orderId' in it) ? sum + it.amount.minor : sum),
        0,
      );
      if (orders.length === 0) return null;
      return rounded(BigInt(Math.max(0, sold - returned)), BigInt(orders.length));
    }
    case 'feedback':
      return mean(
        within.flatMap((it) =>
          it.type === 'feedback' ? [rounded(100n * BigInt(it.score), BigInt(it.scale))] : [],
        ),
      );
    case 'satisfaction':
      return mean(
        within.flatMap((it) =>
          it.type === 'complaint-resolved' && it.satisfaction !== undefined
            ? [it.satisfaction * 20]
            : [],
        ),
      );
    case 'categories':
      return different(bought.map(({ category }) => category));
    case 'channels':
      return different(bought.map(({ channel }) => channel));
    case 'channel_share': {
      const named = orders.flatMap(({ parts }) => parts[0]?.channel ?? []);
      if (named.length === 0) return null;
      const online = named.filter((it) => it === 'online').length;
      return rounded(100n * BigInt(online), BigInt(named.length));
    }
    default:
      throw new Error(`no naive reading of ${of}`);
  }
}

/** Instants at which something may change, the one before each, and some in between. */
function instantsOf(events: readonly LedgerEvent[]): readonly Instant[] {
  const edges = events.flatMap(({ occurredAt }) => [occurredAt, occurredAt + WINDOW_MS]);
  return [...new Set(edges.flatMap((at) => [at - 1, at, at + 43_200_000]))].toSorted(
    (a, b) => a - b,
  );
}

describe('whatever happened, in whatever order it came', () => {
  it('each value is what a naive count over the whole history gives', () => {
    fc.assert(
      fc.property(history, (items) => {
        const events = items.map(({ event }) => event);
        const arrived = items.toSorted((a, b) => a.place - b.place).map(({ event }) => event);
        const { measures } = grade(ledgerOf(arrived), yardstick, 'c1');
        for (const at of instantsOf(events)) {
          const found = measures.map((it) => [it.name, it.valueAt(at)]);
          expect(found).toEqual(dimensions.map(({ name, of }) => [name, naive(of, events, at)]));
        }
      }),
      { numRuns: CASES },
    );
  });

  it('no change of points comes before the instant that was foretold', () => {
    fc.assert(
      fc.property(history, (items) => {
        const events = items.map(({ event }) => event);
        const { measures } = grade(ledgerOf(events), yardstick, 'c1');
        const instants = instantsOf(events);
        for (const measure of measures) {
          for (const [index, from] of instants.entries()) {
            const next = measure.nextChangeAfter(from);
            const until = instants.slice(index).filter((it) => it < next);
            expect(new Set(until.map((it) => measure.pointsMilliAt(it))).size).toBe(1);
          }
        }
      }),
      { numRuns: Math.ceil(CASES / 5) },
    );
  });
});
