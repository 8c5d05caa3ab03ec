import type { Instant, RateRow } from '@strata/domain';
import type { WireRecord } from './wire-record.ts';

export const RATES_KINDS = ['published', 'corrected'] as const;
export type RatesKind = (typeof RATES_KINDS)[number];

/** A table of rates as the policies topic keeps it; its number is its place there. */
export interface RatesPublication {
  readonly kind: RatesKind;
  /** Hash of the rows. */
  readonly id: string;
  readonly rows: readonly RateRow[];
  readonly publishedAt: Instant;
  readonly publishedBy: string;
}

const NAME = 'strata.policies.RatesPublication';

/** The key of a table: the same rows published again take the place of the first, and are the newest. */
export function ratesKey({ kind, id }: Pick<RatesPublication, 'kind' | 'id'>): string {
  return `rates:${kind}:${id}`;
}

/** Whether a record of the policies topic with this key is a table of rates. */
export function isRatesKey(key: Uint8Array | null): boolean {
  return key !== null && new TextDecoder().decode(key).startsWith('rates:');
}

/** Tables are counted from 1: zero stands for none. */
export function ratesNumberOf(record: { readonly offset: number }): number {
  return record.offset + 1;
}

export function ratesPublicationToWire(publication: RatesPublication): WireRecord {
  const { kind, id, rows, publishedAt, publishedBy } = publication;
  return { name: NAME, body: { kind, id, rows, publishedAt, publishedBy } };
}

export function ratesPublicationFromWire({ body }: WireRecord): RatesPublication {
  const { kind, id, rows, publishedAt, publishedBy } = body as RatesPublication;
  return {
    kind,
    id,
    rows: rows.map(({ day, from, to, rate }) => ({ day, from, to, rate })),
    publishedAt,
    publishedBy,
  };
}
