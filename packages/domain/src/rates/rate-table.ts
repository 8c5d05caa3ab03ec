import { canonicalJson } from '../canonical-json.ts';
import { hash64, hash64Hex } from '../hash64.ts';

/** What one unit of `from` is worth in `to` from a UTC day on, as the exact decimal that was published. */
export interface RateRow {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** ISO 4217. */
  readonly from: string;
  readonly to: string;
  /** Above zero; digits with at most one point. */
  readonly rate: string;
}

/** Rates that were published together. It never changes; a newer one wins wherever it has a rate. */
export interface RateTable {
  /** Hash of its rows. */
  readonly id: string;
  /** Rises with each publication, so that one that comes twice, or late, is told. */
  readonly number: number;
  readonly rows: readonly RateRow[];
}

/** The same rows get the same id, in whatever order they stand. */
export function rateTableOf(rows: readonly RateRow[], number: number): RateTable {
  const sorted = rows.toSorted(
    (a, b) => compare(a.from, b.from) || compare(a.to, b.to) || a.day - b.day,
  );
  const text = canonicalJson({ rows: sorted });
  return { id: hash64Hex(hash64('rates', text)), number, rows: sorted };
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
