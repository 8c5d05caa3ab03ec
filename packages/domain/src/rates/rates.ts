import { DAY_MS, type Instant } from '../instant.ts';
import type { RateRow, RateTable } from './rate-table.ts';

export interface DayRate {
  readonly day: number;
  readonly rate: string;
}

/** A table that also converts again what it covers and was converted before. */
export interface RateCorrection {
  readonly number: number;
  /** The clock of the partition at its record. */
  readonly since: Instant;
  /** Log offset of its record: the reason of what it moves. */
  readonly offset: number;
  readonly series: RateSeries;
}

/** By `from>to`, in the order of days. */
export type RateSeries = Readonly<Record<string, readonly DayRate[]>>;

/** What a partition converts by. */
export interface Rates {
  /** Of the newest table; 0 before the first. */
  readonly number: number;
  readonly series: RateSeries;
  /** In the order of the log. All stay: a customer who was not touched for long passes each at its own instant. */
  readonly corrections: readonly RateCorrection[];
}

export const NO_RATES: Rates = { number: 0, series: {}, corrections: [] };

interface CurrencyPair {
  readonly from: string;
  readonly to: string;
}

const keyOf = ({ from, to }: CurrencyPair): string => `${from}>${to}`;

/**
 * The newest table that has a rate of the pair for a day up to `day` gives it, its latest such. Tables are laid over
 * each other as they come (`withTable`), so one list in the order of days holds the answer.
 */
export function rateAt(
  { series }: Pick<Rates, 'series'>,
  pair: CurrencyPair,
  day: number,
): DayRate | null {
  const days = series[keyOf(pair)] ?? [];
  return days[countUpTo(days, day) - 1] ?? null;
}

/**
 * One table more. From its first day of a pair on, nothing older can be asked for again; before that day the older ones
 * hold. Days before `oldest` only matter by the last of them: older events are refused. A table that came before
 * changes nothing.
 */
export function withTable(
  rates: Rates,
  table: RateTable,
  where: {
    readonly oldest: Instant;
    readonly correction?: Omit<RateCorrection, 'number' | 'series'>;
  },
): Rates {
  if (table.number <= rates.number) return rates;
  const own = seriesOf(table.rows);
  const oldestDay = Math.floor(where.oldest / DAY_MS);
  const series: Record<string, readonly DayRate[]> = { ...rates.series };
  for (const [key, days] of Object.entries(own)) {
    const first = days[0] as DayRate;
    const older = (series[key] ?? []).filter((it) => it.day < first.day);
    series[key] = [...older, ...days];
  }
  for (const [key, days] of Object.entries(series)) {
    series[key] = days.slice(Math.max(0, countUpTo(days, oldestDay) - 1));
  }
  const { number } = table;
  const corrections =
    where.correction === undefined
      ? rates.corrections
      : [...rates.corrections, { number, ...where.correction, series: own }];
  return { number, series, corrections };
}

function seriesOf(rows: readonly RateRow[]): RateSeries {
  const series: Record<string, DayRate[]> = {};
  for (const { day, rate, ...pair } of rows) {
    const days = (series[keyOf(pair)] ??= []);
    days.push({ day, rate });
  }
  for (const days of Object.values(series)) days.sort((a, b) => a.day - b.day);
  return series;
}

/** How many of the days are not after `day`. */
function countUpTo(days: readonly DayRate[], day: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] as DayRate).day <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}
