import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aPurchase, aRefund } from '../builders/index.ts';
import type { Purchase, Refund } from '../customer-event.ts';
import { EMPTY_LEDGER, type Ledger } from '../customer-state.ts';
import { hash64 } from '../hash64.ts';
import { DAY_MS } from '../instant.ts';
import { applyEvent, orderKeyOfEvent } from '../ledger/apply-event.ts';
import { orderOf, ordersOf } from '../ledger/orders.ts';
import { trimmed } from '../ledger/trim.ts';
import { observedDays, TransactionLog } from './transactions.ts';

const HORIZON_DAYS = 3;

const logOf = (ledger: Ledger): TransactionLog =>
  new TransactionLog(ordersOf(ledger), ledger.olderOrders);

/** Hours that pass before each purchase, whether it is a late part of the one before, and what comes back of it. */
const purchase = fc.record({
  hours: fc.oneof(fc.nat(20), fc.nat(200)),
  isLatePart: fc.boolean(),
  minor: fc.nat(500),
  refundMinor: fc.option(fc.nat(500)),
});

type Bought = typeof purchase extends fc.Arbitrary<infer Value> ? Value : never;

/** All of a history, and the same with what lies far back taken out on the way. */
function ledgersOf(purchases: readonly Bought[]) {
  let whole: Ledger = EMPTY_LEDGER;
  let kept: Ledger = EMPTY_LEDGER;
  let at = 0;
  let offset = 0;
  let orderId = '';
  for (const { hours, isLatePart, minor, refundMinor } of purchases) {
    at += hours * 3_600_000;
    kept = trimmed(kept, at, HORIZON_DAYS * DAY_MS).ledger;
    const isKnown = orderOf(kept, hash64('shop', orderId)) !== null;
    if (!isLatePart || !isKnown) orderId = `order ${offset}`;
    const bought = aPurchase(at, { orderId, amount: { minor, currency: 'CNY' } });
    const events: (Purchase | Refund)[] = [bought];
    if (refundMinor !== null) {
      events.push(aRefund(bought, { amount: { minor: refundMinor, currency: 'CNY' } }));
    }
    for (const event of events) {
      const context = { offset: offset++, amount: { amountMinor: event.amount.minor } };
      const key = orderKeyOfEvent(event) as ReturnType<typeof hash64>;
      whole = applyEvent(whole, event, { ...context, order: orderOf(whole, key) }).ledger;
      kept = applyEvent(kept, event, { ...context, order: orderOf(kept, key) }).ledger;
    }
  }
  return { whole, kept: trimmed(kept, at, HORIZON_DAYS * DAY_MS).ledger, at };
}

describe('the transactions of a customer', () => {
  it('are the same when what lies beyond the horizon is only known as a sum', () => {
    let trimmedCases = 0;
    fc.assert(
      fc.property(fc.array(purchase, { minLength: 1, maxLength: 30 }), (purchases) => {
        const { whole, kept, at } = ledgersOf(purchases);
        if (kept.parts.length < whole.parts.length) trimmedCases += 1;
        expect(logOf(kept).at(at)).toEqual(logOf(whole).at(at));
      }),
      { numRuns: 2_000 },
    );
    expect(trimmedCases).toBeGreaterThan(500);
  });

  it('keep a bounded sum of what left', () => {
    const ledgers = ledgersOf(
      Array.from({ length: 400 }, () => ({
        hours: 20,
        isLatePart: false,
        minor: 100,
        refundMinor: null,
      })),
    );
    expect(ledgers.kept.olderOrders).toMatchObject({ days: 327, sharedDays: [] });
  });
});

describe('one transaction a UTC day', () => {
  const hour = 3_600_000;
  const build = (events: readonly ReturnType<typeof aPurchase>[]): TransactionLog => {
    let ledger: Ledger = EMPTY_LEDGER;
    for (const [offset, event] of events.entries()) {
      const order = orderOf(ledger, orderKeyOfEvent(event) as ReturnType<typeof hash64>);
      ledger = applyEvent(ledger, event, {
        offset,
        amount: { amountMinor: event.amount.minor },
        order,
      }).ledger;
    }
    return logOf(ledger);
  };
  const spent = (minor: number) => ({ amount: { minor, currency: 'CNY' } });

  it('merges the orders of a day, counts the first day as no repeat, and takes its spend out of the mean', () => {
    const log = build([
      aPurchase(9 * hour, spent(1_000)),
      aPurchase(23 * hour, spent(500)),
      aPurchase(2 * DAY_MS + hour, spent(300)),
      aPurchase(2 * DAY_MS + 2 * hour, spent(100)),
      aPurchase(5 * DAY_MS, spent(200)),
    ]);
    const seen = log.at(10 * DAY_MS + 12 * hour);
    expect(seen).toEqual({ firstAt: 0, repeats: 2, lastAfter: 5, meanSpend: 300 });
    expect(seen && observedDays(seen, 10 * DAY_MS + 12 * hour)).toBe(10.5);
  });

  it('sees only what is dated by then, and says when it will see more', () => {
    const log = build([aPurchase(hour, spent(100)), aPurchase(3 * DAY_MS, spent(900))]);
    expect(log.at(hour - 1)).toBeNull();
    expect(log.at(2 * DAY_MS)).toMatchObject({ repeats: 0, meanSpend: 0 });
    expect(log.nextChangeAfter(2 * DAY_MS)).toBe(3 * DAY_MS);
    expect(log.at(3 * DAY_MS)).toMatchObject({ repeats: 1, meanSpend: 900 });
    expect(log.nextChangeAfter(3 * DAY_MS)).toBe(Infinity);
  });

  it('gives a late part to the day of its order', () => {
    const log = build([
      aPurchase(hour, { orderId: 'o1' }),
      aPurchase(4 * DAY_MS, { orderId: 'o2', ...spent(100) }),
      aPurchase(6 * DAY_MS, { orderId: 'o2', ...spent(50) }),
    ]);
    expect(log.at(5 * DAY_MS)).toMatchObject({ repeats: 1, lastAfter: 4, meanSpend: 100 });
    expect(log.at(6 * DAY_MS)).toMatchObject({ repeats: 1, lastAfter: 4, meanSpend: 150 });
  });
});
