import { hash64, hash64Hex } from './hash64.ts';
import type { Instant } from './instant.ts';

/**
 * Stands for the id of an erased customer, so that the id itself is nowhere. Who stores states brings one with a key of
 * the stack. No tier depends on which it is, as long as no two customers share a marker.
 */
export type MarkerOf = (customerId: string) => string;

/** Without a key: for folds whose state nobody stores. */
export const unkeyedMarker: MarkerOf = (customerId) =>
  hash64Hex(hash64('strata/erased', customerId));

/** What is kept of an erased customer. */
export interface Erasure {
  readonly marker: string;
  /** What is dated up to and including this instant does nothing any more. */
  readonly at: Instant;
  /** When the broker appended the newest decision: what lay anywhere by then is the erased customer's. */
  readonly recordedAt: Instant;
  /** Log offset of that decision. */
  readonly offset: number;
  /** Of the last tier change that was told. Who comes again goes on from there, or readers would take it for older. */
  readonly seq: number;
  /** Ids of the decisions, oldest first. */
  readonly ids: readonly string[];
}

export interface Erasures {
  readonly byMarker: ReadonlyMap<string, Erasure>;
  /** The latest `at` of all: most records are dated later, and need no marker. */
  readonly latestAt: Instant;
}

export const NO_ERASURES: Erasures = { byMarker: new Map(), latestAt: Number.NEGATIVE_INFINITY };

/** Sorted by marker, so that the order says nothing of when. */
export function erasuresOf(erasures: readonly Erasure[]): Erasures {
  const sorted = erasures.toSorted((a, b) => (a.marker < b.marker ? -1 : 1));
  return {
    byMarker: new Map(sorted.map((it) => [it.marker, it])),
    latestAt: Math.max(Number.NEGATIVE_INFINITY, ...erasures.map(({ at }) => at)),
  };
}

/** With one more decision about a customer, who may have been erased before. */
export function withErasure(
  { byMarker }: Erasures,
  decision: Omit<Erasure, 'ids'> & { readonly id: string },
): Erasures {
  const { id, ...erasure } = decision;
  const before = byMarker.get(erasure.marker);
  const others = [...byMarker.values()].filter((it) => it !== before);
  const at = Math.max(erasure.at, before?.at ?? erasure.at);
  return erasuresOf([...others, { ...erasure, at, ids: [...(before?.ids ?? []), id] }]);
}
