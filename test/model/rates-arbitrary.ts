import { DAY_MS, type Instant, type RateTable, rateTableOf } from '@strata/domain';

/** With 0, 2 and 3 digits; the base currency of all policies has 2. */
const CURRENCIES = ['JPY', 'USD', 'KWD'] as const;

/** Half of 50 or of 100 minor units is often a tie between two whole ones. */
const RATES = ['0.0125', '0.5', '2.25', '1', '0.045', '7.1', '0.333333'];

/** What the small numbers of a move mean: mostly the base currency. */
export const currencyOf = (choice: number): string => CURRENCIES[choice] ?? 'CNY';

export interface TableShape {
  /** Which of the currencies it has, as bits. */
  readonly currencies: number;
  /** Which rates, in turn. */
  readonly rates: number;
  readonly number: number;
  /** Its first day and its later ones. */
  readonly days: readonly Instant[];
}

/** Every currency it has on every day, at another rate each. A table of none is one of all. */
export function tableOf({ currencies, rates, number, days }: TableShape): RateTable {
  const some = CURRENCIES.filter((_, index) => (currencies >> index) % 2 === 1);
  const having = some.length === 0 ? CURRENCIES : some;
  const utcDays = [...new Set(days.map((it) => Math.floor(it / DAY_MS)))];
  const rows = having.flatMap((from, i) =>
    utcDays.map((day, j) => ({
      day,
      from,
      to: 'CNY',
      rate: RATES[(rates + i + 2 * j) % RATES.length] as string,
    })),
  );
  return rateTableOf(rows, number);
}
