import { createHash } from 'node:crypto';

import {
  EMPTY_LEDGER,
  type Hash64,
  LEDGER_LISTS,
  type Ledger,
  type LedgerEntry,
  type LedgerListName,
  NEW_CUSTOMER,
} from '@strata/domain';

import { damaged } from './byte-reader.ts';
import { decodeCustomer, encodeCustomer } from './customer-codec.ts';

/** Of each list the customer's own value holds at most so many entries, the last ones; a page holds no more either. */
export const PAGE_ENTRIES_MAX = 64;
/** One entry in so many ends a page, so that most pages end by themselves before they are full. */
const ENTRIES_PER_END = 32;

/**
 * Some consecutive entries of one list, as the value of a customer who has nothing else. Its name is a hash of its
 * bytes: a page never changes, and a page of the same name need not be written again.
 */
export interface LedgerPage {
  readonly name: Hash64;
  readonly bytes: Uint8Array;
}

export interface SplitLedger {
  readonly rest: Ledger;
  readonly pages: readonly LedgerPage[];
}

/**
 * How the ledgers in use are stored, and the pages of the entries in use: gone with them. So a commit packs only what
 * is new, and what was stored in another way, as by a build that knew no pages, stays so until the ledger changes.
 */
const splits = new WeakMap<Ledger, SplitLedger>();
const packed = new WeakMap<LedgerEntry, { entries: readonly LedgerEntry[]; page: LedgerPage }>();

const NO_PAGES: readonly LedgerPage[] = [];

/** Cuts what is long off the front of each list. Equal ledgers give equal pages. */
export function splitLedger(ledger: Ledger): SplitLedger {
  if (isShort(ledger)) return { rest: ledger, pages: NO_PAGES };
  const known = splits.get(ledger);
  if (known !== undefined) return known;
  const pages: LedgerPage[] = [];
  let rest = ledger;
  for (const name of LEDGER_LISTS) {
    const entries: readonly LedgerEntry[] = ledger[name];
    const cuts = cutsOf(entries);
    let from = 0;
    for (const to of cuts) {
      pages.push(pageOf(name, entries.slice(from, to)));
      from = to;
    }
    if (from > 0) rest = { ...rest, [name]: entries.slice(from) };
  }
  const split = { rest, pages };
  splits.set(ledger, split);
  return split;
}

/** Puts the pages, in their order, in front of what the value held. The ledger goes on being stored as it was found. */
export function joinedLedger(rest: Ledger, pages: readonly LedgerPage[]): Ledger {
  const fragments = pages.map((page) => {
    if (nameOf(page.bytes) !== page.name) throw damaged('a page is not what its name says');
    const { ledger } = decodeCustomer(page.bytes);
    for (const list of LEDGER_LISTS) remember(ledger[list], page);
    return ledger;
  });
  let joined = rest;
  for (const list of LEDGER_LISTS) {
    const before = fragments.flatMap((it): readonly LedgerEntry[] => it[list]);
    if (before.length > 0) joined = { ...joined, [list]: [...before, ...rest[list]] };
  }
  if (!isShort(joined)) splits.set(joined, { rest, pages });
  return joined;
}

function isShort(ledger: Ledger): boolean {
  for (const name of LEDGER_LISTS) if (ledger[name].length > PAGE_ENTRIES_MAX) return false;
  return true;
}

/**
 * Where the pages of a list end. An entry alone says whether a page ends with it, and else a page ends when it is
 * full; so an entry that comes, late ones too, or goes changes the pages around it and leaves the others as they are.
 */
function cutsOf(entries: readonly LedgerEntry[]): readonly number[] {
  const cuts: number[] = [];
  let from = 0;
  for (let i = 0; i < entries.length; i++) {
    const isEnd = (entries[i] as LedgerEntry).eventKey.charCodeAt(3) % ENTRIES_PER_END === 0;
    if (!isEnd && i + 1 - from < PAGE_ENTRIES_MAX) continue;
    from = i + 1;
    cuts.push(from);
  }
  while (cuts.length > 0 && entries.length - (cuts.at(-2) ?? 0) <= PAGE_ENTRIES_MAX) cuts.pop();
  return cuts;
}

function pageOf(list: LedgerListName, entries: readonly LedgerEntry[]): LedgerPage {
  const known = packed.get(entries[0] as LedgerEntry);
  if (known !== undefined && isSame(known.entries, entries)) return known.page;
  const ledger = { ...EMPTY_LEDGER, [list]: entries };
  const bytes = encodeCustomer({ ...NEW_CUSTOMER, ledger });
  const page = { name: nameOf(bytes), bytes };
  remember(entries, page);
  return page;
}

function remember(entries: readonly LedgerEntry[], page: LedgerPage): void {
  const [first] = entries;
  if (first !== undefined) packed.set(first, { entries, page });
}

function isSame(some: readonly LedgerEntry[], others: readonly LedgerEntry[]): boolean {
  return some.length === others.length && some.every((entry, i) => entry === others[i]);
}

/** Pages of one customer are few: 64 bits of a good hash tell them apart as surely as events are told apart. */
function nameOf(bytes: Uint8Array): Hash64 {
  const digest = createHash('sha256').update(bytes).digest();
  const units = [0, 2, 4, 6].map((at) => digest.readUInt16BE(at));
  return String.fromCharCode(...units) as Hash64;
}
