import { type CustomerState, type Hash64, hash64Hex } from '@strata/domain';

import { damaged } from './byte-reader.ts';
import { decodeCustomer, encodeCustomer } from './customer-codec.ts';
import { joinedLedger, type LedgerPage, splitLedger } from './ledger-pages.ts';
import type { PagedState } from './pages-section.ts';

/** A customer as it is stored: a value of bounded size and, of a long ledger, pages beside it. */
export interface PackedCustomer {
  readonly value: Uint8Array;
  readonly pages: readonly LedgerPage[];
}

export function packCustomer(state: CustomerState): PackedCustomer {
  const { rest, pages } = splitLedger(state.ledger);
  if (pages.length === 0) return { value: encodeCustomer(state), pages };
  const paged: PagedState = { ...state, ledger: rest, pages: pages.map(({ name }) => name) };
  return { value: encodeCustomer(paged), pages };
}

/** A value that was read, and which pages have to be read beside it. */
export interface OpenedCustomer {
  /** What is whole without them. */
  readonly head: Pick<CustomerState, 'clock' | 'setId'>;
  readonly pages: readonly Hash64[];
  /** `pages` in the order of their names. */
  readonly complete: (pages: readonly Uint8Array[]) => CustomerState;
}

/** @throws StateCodecError where the bytes are of an unknown version or damaged; so does `complete`. */
export function openCustomer(value: Uint8Array): OpenedCustomer {
  const { pages: names = [], ...state }: PagedState = decodeCustomer(value);
  return {
    head: state,
    pages: names,
    complete(pages) {
      if (pages.length !== names.length) throw damaged('a page is missing');
      const named = pages.map((bytes, i) => ({ name: names[i] as Hash64, bytes }));
      return { ...state, ledger: joinedLedger(state.ledger, named) };
    },
  };
}

/** Under what name a partition holds a page of a customer. All names end in as many digits, so no two fall together. */
export function pageKey(customerId: string, page: Hash64): string {
  return `${customerId}#${hash64Hex(page)}`;
}

const NO_CHANGES: readonly (readonly [page: string, bytes: Uint8Array | null])[] = [];

/** The pages to write, and with null those to remove, when a customer as it was loaded becomes another, or goes. */
export function pageChanges(
  customerId: string,
  before: CustomerState | undefined,
  after: CustomerState | null,
): readonly (readonly [page: string, bytes: Uint8Array | null])[] {
  const present = before === undefined ? [] : splitLedger(before.ledger).pages;
  const wanted = after === null ? [] : splitLedger(after.ledger).pages;
  const isNone = present.length === 0 && wanted.length === 0;
  if (isNone || present === wanted) return NO_CHANGES;
  const changes = new Map<string, Uint8Array | null>();
  const kept = new Set(wanted.map(({ name }) => name));
  const stored = new Set(present.map(({ name }) => name));
  for (const name of stored) if (!kept.has(name)) changes.set(pageKey(customerId, name), null);
  for (const { name, bytes } of wanted) {
    if (!stored.has(name)) changes.set(pageKey(customerId, name), bytes);
  }
  return [...changes];
}
