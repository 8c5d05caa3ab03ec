import type { RateRow, RateTable } from '@strata/domain';

export interface RatesBody {
  readonly ratesId: string;
  readonly number: number;
  readonly rows: readonly RateRow[];
}

/** A table of rates as the log carries it. */
export function ratesToWire({ id, number, rows }: RateTable): RatesBody {
  return { ratesId: id, number, rows };
}

/** Row by row, so that the decoder's own objects do not travel on. */
export function ratesFromWire({ ratesId, number, rows }: RatesBody): RateTable {
  return {
    id: ratesId,
    number,
    rows: rows.map(({ day, from, to, rate }) => ({ day, from, to, rate })),
  };
}
