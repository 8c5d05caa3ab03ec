import type { DeadLetterReason } from '@strata/contracts';
import type { JoinedValues, SourceRow } from './source-row.ts';

/** How a row that became no event ends. */
export type RowEnd =
  | { readonly kind: 'refused'; readonly reason: DeadLetterReason; readonly field: string | null }
  | { readonly kind: 'skipped'; readonly reason: string };

interface Entry {
  readonly values: Record<string, unknown>;
  /** Rows that are part of no event yet. */
  waiting: SourceRow[];
}

/** A row that nothing ever joined. */
export interface UnusedRow {
  readonly row: SourceRow;
  readonly end: RowEnd;
}

/**
 * The rows of one file that rows of later files join, by key: the values of the first row, and sums over all of them. A
 * row is part of an event once an event was made of a row that joined it.
 */
export class KeptTable {
  readonly #entries = new Map<string, Entry>();
  readonly #unused: RowEnd;

  constructor(unused: RowEnd) {
    this.#unused = unused;
  }

  keep(key: string, values: JoinedValues, sums: Readonly<Record<string, number>>): void {
    const known = this.#entries.get(key);
    if (known === undefined) {
      this.#entries.set(key, { values: { ...values, ...sums }, waiting: [] });
      return;
    }
    for (const [name, minor] of Object.entries(sums)) {
      known.values[name] = Number(known.values[name]) + minor;
    }
  }

  wait(key: string, row: SourceRow): void {
    this.#entries.get(key)?.waiting.push(row);
  }

  valuesOf(key: string): JoinedValues | null {
    return this.#entries.get(key)?.values ?? null;
  }

  /** How many rows become parts of an event by this; each is told once. */
  use(key: string): number {
    const entry = this.#entries.get(key);
    if (entry === undefined) return 0;
    const count = entry.waiting.length;
    entry.waiting = [];
    return count;
  }

  unused(): readonly UnusedRow[] {
    return [...this.#entries.values()].flatMap(({ waiting }) =>
      waiting.map((row) => ({ row, end: this.#unused })),
    );
  }
}
