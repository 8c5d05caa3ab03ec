import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day } from '../builders/index.ts';
import type { LedgerEvent } from '../customer-event.ts';
import { EMPTY_LEDGER, type Ledger } from '../customer-state.ts';
import { applyEvent, eventKeyOf, orderKeyOfEvent } from './apply-event.ts';
import { isKnown } from './entry-list.ts';
import { viewOf } from './ledger-view.ts';
import { orderOf } from './orders.ts';

/** Enough of each list for what only large ledgers do. */
const GROWN = { parts: 70, refunds: 70 };

interface Step {
  readonly kind: 'purchase' | 'refund' | 'orderless' | 'cancelled' | 'reinstated' | 'engagement';
  readonly order: number;
  readonly at: number;
  readonly amount: number;
  /** The event meets a ledger from this many steps ago: what was carried away from it must not be missed. */
  readonly back: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'purchase',
    'purchase',
    'purchase',
    'refund',
    'orderless',
    'cancelled',
    'reinstated',
    'engagement',
  ),
  order: fc.nat(9),
  at: fc.nat(40),
  amount: fc.constantFrom(0, 50, 100, 100, 5_000),
  back: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(5) }),
});

function eventOf({ kind, order, at, amount }: Omit<Step, 'back'>, index: number): LedgerEvent {
  const base = { source: 'shop', eventId: `e${index}`, customerId: 'c1', occurredAt: day(at) };
  const about = { orderSource: 'shop', orderId: `o${order}` };
  const money = { minor: amount, currency: 'CNY' };
  switch (kind) {
    case 'purchase':
      return { ...base, ...about, type: 'purchase', amount: money };
    case 'refund':
      return { ...base, ...about, type: 'refund', amount: money };
    case 'orderless':
      return { ...base, type: 'refund', amount: money };
    case 'cancelled':
    case 'reinstated':
      return { ...base, ...about, type: `order-${kind}` };
    case 'engagement':
      return { ...base, type: 'engagement', kind: 'visit', weight: 1 };
  }
}

function withEvent(ledger: Ledger, event: LedgerEvent, offset: number): Ledger {
  const orderKey = orderKeyOfEvent(event);
  const order = orderKey === null ? null : orderOf(ledger, orderKey);
  return applyEvent(ledger, event, { offset, amount: { amountMinor: amountOf(event) }, order })
    .ledger;
}

const amountOf = (event: LedgerEvent): number =>
  event.type === 'purchase' || event.type === 'refund' ? event.amount.minor : 0;

function grown(): Ledger {
  let ledger = EMPTY_LEDGER;
  let index = 10_000;
  const add = (kind: Step['kind'], count: number): void => {
    for (let i = 0; i < count; i++) {
      const event = eventOf({ kind, order: i % 7, at: i % 30, amount: 40 }, index);
      ledger = withEvent(ledger, event, index++);
    }
  };
  add('purchase', GROWN.parts);
  add('refund', GROWN.refunds);
  return ledger;
}

/** Amounts of one instant add up the same in any order. */
function comparable(ledger: Ledger): unknown {
  const { orders, countedAt, revenue, orderCount } = viewOf(ledger);
  const series = [revenue.gains, revenue.losses, orderCount.gains, orderCount.losses];
  const amounts = series.map((it) =>
    it.amounts().toSorted((a, b) => a.at - b.at || a.amountMilli - b.amountMilli),
  );
  return { orders, countedAt, amounts };
}

test('a large ledger that grew event by event looks as one that was never seen before', () => {
  const start = grown();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const ledgers = [start];
      const events: LedgerEvent[] = [];
      for (const [index, { back, ...rest }] of steps.entries()) {
        const from = ledgers[Math.max(0, ledgers.length - 1 - back)] as Ledger;
        viewOf(from);
        const event = eventOf(rest, index);
        events.push(event);
        ledgers.push(withEvent(from, event, index));
      }
      for (const ledger of ledgers) {
        const unseen = structuredClone(ledger);
        expect(comparable(ledger)).toEqual(comparable(unseen));
        for (const event of events) {
          const key = eventKeyOf(event);
          expect(isKnown(ledger, key)).toBe(isKnown(unseen, key));
          const orderKey = orderKeyOfEvent(event);
          if (orderKey !== null) {
            expect(orderOf(ledger, orderKey)).toEqual(orderOf(unseen, orderKey));
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});
