import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyExponent } from '../currency.ts';
import { DAY_MS } from '../instant.ts';
import { converted, inBaseCurrency } from './convert.ts';
import { type RateRow, rateTableOf } from './rate-table.ts';
import { NO_RATES, type Rates, rateAt, withTable } from './rates.ts';

const RUNS = { numRuns: 2_000 };
const currency = fc.constantFrom('JPY', 'CNY', 'USD', 'KWD', 'CLF');
const rate = fc.tuple(fc.nat(99_999), fc.integer({ min: 0, max: 6 })).map(([digits, decimals]) => {
  const text = String(digits + 1).padStart(decimals + 1, '0');
  const whole = text.slice(0, text.length - decimals);
  return decimals === 0 ? whole : `${whole}.${text.slice(text.length - decimals)}`;
});
const minor = fc.oneof(fc.nat(2_000), fc.integer({ min: 0, max: 9e15 }), fc.constant(5));

/** The nearest whole number to a fraction, found by distance alone; of two as near the even one. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const distance = (candidate: bigint): bigint => {
    const rest = numerator - candidate * denominator;
    return rest < 0n ? -rest : rest;
  };
  const guess = numerator / denominator;
  const sorted = [guess, guess + 1n].toSorted((a, b) => {
    const byDistance = distance(a) - distance(b);
    return byDistance === 0n ? Number(a % 2n) - Number(b % 2n) : Number(byDistance > 0n) * 2 - 1;
  });
  return sorted[0] as bigint;
}

describe('a converted amount', () => {
  it('is minor x rate x ten to the difference of the digits, to the nearest, half to even', () => {
    fc.assert(
      fc.property(minor, fc.tuple(currency, currency), rate, (amount, [from, to], text) => {
        const [whole = '', decimals = ''] = text.split('.');
        const digits = (code: string): bigint => 10n ** BigInt(currencyExponent(code) ?? 0);
        // minor / digits(from) units, times the rate, times digits(to) minor units of the base.
        const numerator = BigInt(amount) * BigInt(whole + decimals) * digits(to);
        const denominator = digits(from) * 10n ** BigInt(decimals.length);
        const expected = nearest(numerator, denominator);
        const found = converted({ minor: amount, currency: from }, to, text);
        expect(found).toBe(expected > 9_000_000_000_000_000n ? null : Number(expected));
      }),
      RUNS,
    );
  });

  it.each([
    { amount: { minor: 1_000, currency: 'JPY' }, base: 'CNY', rate: '0.048', minor: 4_800 },
    { amount: { minor: 1_234, currency: 'KWD' }, base: 'CNY', rate: '23.5', minor: 2_900 },
    { amount: { minor: 1_005, currency: 'USD' }, base: 'JPY', rate: '150', minor: 1_508 },
    { amount: { minor: 5, currency: 'USD' }, base: 'CNY', rate: '0.1', minor: 0 },
    { amount: { minor: 15, currency: 'USD' }, base: 'CNY', rate: '0.1', minor: 2 },
  ])(
    'of $amount.minor $amount.currency is $minor $base',
    ({ amount, base, rate: text, minor: wanted }) => {
      expect(converted(amount, base, text)).toBe(wanted);
    },
  );
});

const row: fc.Arbitrary<RateRow> = fc.record({
  day: fc.integer({ min: 100, max: 110 }),
  from: fc.constantFrom('USD', 'JPY'),
  to: fc.constantFrom('CNY', 'EUR'),
  rate,
});
const rows = fc.uniqueArray(row, {
  maxLength: 8,
  selector: ({ day, from, to }) => `${day} ${from} ${to}`,
});
const tables = fc
  .array(rows, { maxLength: 5 })
  .map((all) => all.map((own, index) => rateTableOf(own, index + 1)));

/** The rule as it is said: the newest table with any row of the pair up to the day, its latest such row. */
function naiveRate(
  published: readonly { readonly rows: readonly RateRow[] }[],
  pair: { readonly from: string; readonly to: string },
  day: number,
): string | null {
  for (const { rows: own } of published.toReversed()) {
    const [latest] = own
      .filter((it) => it.from === pair.from && it.to === pair.to && it.day <= day)
      .toSorted((a, b) => b.day - a.day);
    if (latest !== undefined) return latest.rate;
  }
  return null;
}

function laid(published: readonly ReturnType<typeof rateTableOf>[], oldestDay: number): Rates {
  const oldest = oldestDay * DAY_MS;
  return published.reduce((rates, table) => withTable(rates, table, { oldest }), NO_RATES);
}

describe('the rate of a day', () => {
  it('is the latest of the newest table that has one, for every day that is not too old', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 95, max: 112 }), (published, oldestDay) => {
        const rates = laid(published, oldestDay);
        for (const from of ['USD', 'JPY']) {
          for (const to of ['CNY', 'EUR']) {
            for (let day = Math.max(98, oldestDay); day <= 112; day++) {
              const pair = { from, to };
              expect(rateAt(rates, pair, day)?.rate ?? null).toBe(naiveRate(published, pair, day));
            }
          }
        }
      }),
      RUNS,
    );
  });

  it('does not change by a table that comes again, or late', () => {
    fc.assert(
      fc.property(tables, fc.nat(4), (published, index) => {
        const rates = laid(published, 95);
        const again = published[index];
        if (again !== undefined) expect(withTable(rates, again, { oldest: 0 })).toBe(rates);
      }),
      RUNS,
    );
  });

  it('is kept for no more days than can be asked for', () => {
    const days = Array.from({ length: 3_000 }, (_, day) => day);
    const daily = days.map((day) =>
      rateTableOf([{ day, from: 'USD', to: 'CNY', rate: '7' }], day + 1),
    );
    const rates = daily.reduce(
      (before, table, day) => withTable(before, table, { oldest: (day - 800) * DAY_MS }),
      NO_RATES,
    );
    expect(rates.series['USD>CNY']).toHaveLength(801);
  });
});

it('an event is converted by the rate of its UTC day', () => {
  const table = rateTableOf(
    [
      { day: 10, from: 'USD', to: 'CNY', rate: '7' },
      { day: 11, from: 'USD', to: 'CNY', rate: '8' },
    ],
    1,
  );
  const rates = withTable(NO_RATES, table, { oldest: 0 });
  const amount = { minor: 100, currency: 'USD' };
  const at = (occurredAt: number) => inBaseCurrency({ occurredAt, amount }, 'CNY', rates);
  expect(at(10 * DAY_MS - 1)).toBeNull();
  expect(at(11 * DAY_MS - 1)).toEqual({
    amountMinor: 700,
    original: { minor: 100, currency: 'USD', rate: '7', rateDay: 10 },
  });
  expect(at(11 * DAY_MS)?.amountMinor).toBe(800);
  expect(at(99 * DAY_MS)?.original).toEqual({ ...amount, rate: '8', rateDay: 11 });
});
