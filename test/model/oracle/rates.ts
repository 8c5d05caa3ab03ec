import { DAY_MS, type Instant, type RateTable } from '@strata/domain';

import type { Applied } from './history.ts';
import { roundHalfEven } from './rounding.ts';

/** Digits of the minor unit of the currencies in the logs, by ISO 4217. */
const DIGITS: Readonly<Record<string, number>> = { CNY: 2, JPY: 0, KWD: 3, USD: 2 };

type Tables = readonly RateTable[];

/** A table that comes twice, or after a newer one, is none. */
export function withTable(tables: Tables, table: RateTable): Tables {
  return tables.every(({ number }) => number < table.number) ? [...tables, table] : tables;
}

/** The event in the base currency, by the newest of the tables that covers its day; null without a rate. */
export function inBase(taken: Applied, base: string, tables: Tables): Applied | null {
  const { event } = taken;
  if (event.type !== 'purchase' && event.type !== 'refund') return taken;
  const original = taken.original ?? event.amount;
  if (original.currency === base) return taken;
  const rate = rateOf(tables, { from: original.currency, to: base }, event.occurredAt);
  if (rate === null) return null;
  const amount = { minor: converted(original, base, rate), currency: base };
  return { ...taken, event: { ...event, amount }, original };
}

/** By a table that corrects: what it does not cover, and what was never converted, stays. */
export function reconverted(taken: Applied, base: string, table: RateTable): Applied {
  if (taken.original === undefined) return taken;
  const again = inBase(taken, base, [table]);
  if (again === null || amountOf(again) === amountOf(taken)) return taken;
  return { ...again, isReconverted: true };
}

const amountOf = ({ event }: Applied): number =>
  'amount' in event && event.amount !== undefined ? event.amount.minor : 0;

function rateOf(
  tables: Tables,
  { from, to }: { readonly from: string; readonly to: string },
  at: Instant,
): string | null {
  const day = Math.floor(at / DAY_MS);
  for (const { rows } of tables.toReversed()) {
    const covering = rows
      .filter((row) => row.from === from && row.to === to && row.day <= day)
      .toSorted((one, other) => other.day - one.day);
    if (covering[0] !== undefined) return covering[0].rate;
  }
  return null;
}

/** Minor units to minor units: a rate says what whole units are worth. */
function converted(
  { minor, currency }: { readonly minor: number; readonly currency: string },
  base: string,
  rate: string,
): number {
  const [whole = '', decimals = ''] = rate.split('.');
  const over = BigInt(minor) * BigInt(whole + decimals) * 10n ** digitsOf(base);
  return Number(roundHalfEven(over, 10n ** (BigInt(decimals.length) + digitsOf(currency))));
}

function digitsOf(currency: string): bigint {
  const digits = DIGITS[currency];
  if (digits === undefined) throw new RangeError(`${currency} is in none of the logs`);
  return BigInt(digits);
}
