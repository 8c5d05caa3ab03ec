import { describe, expect, it } from 'vitest';
import {
  aPolicy,
  aPurchase,
  aReferral,
  aRefund,
  day,
  TestPartition,
  told,
} from '../builders/index.ts';
import type { CustomerEvent } from '../customer-event.ts';
import { explain } from '../explain.ts';
import { DAY_MS } from '../instant.ts';
import { profileAt } from '../profile.ts';
import { type RateRow, rateTableOf } from './rate-table.ts';

/** Silver from 1,000 minor units of revenue in 100 days. */
const policy = aPolicy({
  ladder: ['bronze', 'silver'],
  borders: [{ tier: 'silver', enterMilli: 1_000, leaveMilli: 1_000 }],
  dimensions: [
    {
      name: 'm',
      of: 'revenue',
      windowMs: 100 * DAY_MS,
      weightMilli: 1_000,
      capMilli: null,
      otherwiseMilli: 0,
      steps: [{ atLeastMilli: 1_000_000, pointsMilli: 1_000 }],
    },
  ],
});

const usd = (n: number, rate: string): RateRow => ({
  day: Math.floor(day(n) / DAY_MS),
  from: 'USD',
  to: 'CNY',
  rate,
});

class Log extends TestPartition {
  #number = 0;

  constructor() {
    super(policy);
  }

  rates(kind: 'rates-published' | 'rates-corrected', ...rows: readonly RateRow[]): void {
    this.append({ kind, table: rateTableOf(rows, ++this.#number) });
  }

  ticks(): void {
    this.append({ kind: 'tick', customerIds: [...this.customers.keys()] });
  }

  revenue(at: number): number {
    const state = this.customers.get('c1');
    if (state === undefined) throw new Error('c1 was not folded');
    return profileAt({ partition: this.state, customerId: 'c1', state, at: day(at) }).revenueMinor;
  }
}

const dollars = (n: number, minor: number, changes: Partial<CustomerEvent> = {}) =>
  aPurchase(day(n), { amount: { minor, currency: 'USD' }, ...(changes as object) });

describe('an amount in another currency', () => {
  it('counts by the rate of its day, and the ledger keeps what it was', () => {
    const log = new Log();
    log.rates('rates-published', usd(1, '7.5'), usd(3, '8'));
    log.events(dollars(2, 100), dollars(4, 101));
    expect(log.customers.get('c1')?.ledger.parts).toMatchObject([
      { amountMinor: 750, original: { minor: 100, currency: 'USD', rate: '7.5' } },
      { amountMinor: 808, original: { minor: 101, currency: 'USD', rate: '8' } },
    ]);
    expect(told(log.outputs)).toEqual(['assigned >bronze event', 'promoted bronze>silver event']);
  });

  it('is refused where there is no rate yet for its day', () => {
    const log = new Log();
    log.rates('rates-published', usd(3, '8'));
    expect(told(log.events(dollars(2, 100)))).toEqual(['dead-letter no-rate']);
    expect(told(log.events(dollars(3, 100)))).toEqual(['assigned >bronze event']);
  });

  it('that is refused brings no clock to somebody who was only named', () => {
    const log = new Log();
    log.events(aReferral(day(0)));
    log.deliver();
    expect(told(log.events(dollars(3, 100, { customerId: 'c2' })))).toEqual([
      'dead-letter no-rate',
    ]);
    log.events(aPurchase(day(2), { customerId: 'c2' }));
    expect(log.outputs.at(-1)).toMatchObject({ type: 'assigned', effectiveAt: day(2) });
  });

  it('is refused where it would be more than can be counted', () => {
    const log = new Log();
    log.rates('rates-published', usd(1, '1000000'));
    expect(told(log.events(dollars(2, 9_000_000_000_000_000)))).toEqual(['dead-letter no-rate']);
  });

  it('of a refund is set against its order in the base currency', () => {
    const log = new Log();
    log.rates('rates-published', usd(1, '7'), usd(5, '8'));
    const bought = dollars(2, 200);
    log.events(
      bought,
      aRefund(bought, { occurredAt: day(6), amount: { minor: 100, currency: 'USD' } }),
    );
    expect(log.revenue(7)).toBe(1_400 - 800);
    log.events(aRefund(bought, { occurredAt: day(8), amount: { minor: 100, currency: 'CNY' } }));
    expect(log.revenue(9)).toBe(1_400 - 800 - 100);
  });

  it('stays as it was converted when newer rates come', () => {
    const log = new Log();
    log.rates('rates-published', usd(1, '7'));
    log.events(dollars(2, 100));
    log.rates('rates-published', usd(1, '9'));
    log.ticks();
    expect(log.revenue(3)).toBe(700);
    log.events(dollars(3, 100));
    expect(log.revenue(4)).toBe(700 + 900);
  });
});

describe('corrected rates', () => {
  it('convert again what they cover, and nothing before their first day', () => {
    const log = new Log();
    log.rates('rates-published', usd(1, '7'));
    log.events(dollars(2, 10), dollars(5, 10));
    log.passTo(day(10));
    log.rates('rates-corrected', usd(4, '9'));
    expect(log.revenue(11)).toBe(70 + 90);
    log.events(dollars(12, 10));
    expect(log.revenue(13)).toBe(70 + 90 + 90);
  });

  it('move a customer at the clock of their record, whenever it is touched', () => {
    const moves = [[], [11], [11, 12, 13]].map((touched) => {
      const log = new Log();
      log.rates('rates-published', usd(1, '7'));
      log.events(dollars(2, 100));
      log.passTo(day(10));
      log.rates('rates-corrected', usd(1, '12'));
      for (const at of touched) {
        log.passTo(day(at));
        log.ticks();
      }
      log.passTo(day(200));
      log.ticks();
      return log.outputs.flatMap((it) =>
        it.kind === 'tier-change'
          ? [`${it.type} ${it.toTier} ${it.cause.kind} ${(it.effectiveAt - day(0)) / DAY_MS}`]
          : [],
      );
    });
    expect(moves[0]).toEqual([
      'assigned bronze event 2',
      'promoted silver event 10',
      'demoted bronze time 102',
    ]);
    expect(moves[1]).toEqual(moves[0]);
    expect(moves[2]).toEqual(moves[0]);
  });

  it('leave alone what came after them by newer rates', () => {
    const log = new Log();
    log.rates('rates-published', usd(1, '7'));
    log.events(dollars(2, 10));
    log.rates('rates-corrected', usd(1, '8'));
    log.rates('rates-published', usd(1, '9'));
    log.events(dollars(3, 10));
    log.ticks();
    expect(log.revenue(4)).toBe(80 + 90);
  });

  it('leave alone what is to leave the ledger by then, whether or not something came to trim it', () => {
    const spends = [[], [1_650]].map((between) => {
      const log = new Log();
      log.rates('rates-published', usd(1, '7'));
      log.events(dollars(2, 10), ...between.map((at) => aPurchase(day(at))));
      log.passTo(day(1_700));
      log.rates('rates-corrected', usd(1, '9'));
      log.events(aPurchase(day(1_701)));
      return log.customers.get('c1')?.ledger.olderOrders?.spendMinor;
    });
    expect(spends).toEqual([70, 70]);
  });

  it('follow one another', () => {
    const log = new Log();
    log.rates('rates-published', usd(1, '7'));
    log.events(dollars(2, 10));
    log.rates('rates-corrected', usd(1, '8'));
    log.rates('rates-corrected', usd(3, '9'));
    expect(log.revenue(4)).toBe(80);
    const state = log.customers.get('c1');
    if (state === undefined) throw new Error('c1 was not folded');
    const query = { partition: log.state, customerId: 'c1', state, at: day(4) };
    expect(explain(query)?.dimensions[0]?.value).toBe(80);
  });
});
