/** A table as text, for the terminal and for the page alike. The first column names the row. */
export interface ComparisonTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The last row, of sums; null where there is none. */
  readonly foot: readonly string[] | null;
  /** Behind the table; or all there is to say, where it has no rows. */
  readonly note: string | null;
}
