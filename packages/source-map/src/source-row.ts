import type { JsonObject } from '@strata/contracts';

/** A record of a file or a topic as its reader hands it over. */
export interface SourceRow {
  /** The cells of a CSV record, or an object. */
  readonly content: readonly string[] | JsonObject;
  /** The file by its name, or the topic. */
  readonly origin: string;
  /** The record's place there: its number from 1, or partition and offset. */
  readonly record: string;
  /** The record as it stands there; nothing looks at it, it goes along with the row. */
  readonly raw: Uint8Array | string;
}

/** How the rows of a file or topic are laid out. */
export type Layout =
  | { readonly kind: 'columns'; readonly names: readonly string[] }
  | { readonly kind: 'objects' };

/** The values that rows of another file were kept for. */
export type JoinedValues = Readonly<Record<string, unknown>>;

/** What values are read from: the row, what its joins found, and the element of a list at hand. */
export interface Scope {
  row: SourceRow;
  joined: readonly JoinedValues[];
  item: unknown;
  /** Of the element in its list, from 1. */
  index: number;
}

export type Read = (scope: Scope) => unknown;
export type ReadText = (scope: Scope) => string | null;
