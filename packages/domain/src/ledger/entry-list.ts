import type { Ledger, LedgerEntry } from '../customer-state.ts';
import type { Hash64 } from '../hash64.ts';
import * as sorted from '../sorted.ts';
import { LEDGER_LISTS } from './ledger-lists.ts';

type EntryAboutOrder = LedgerEntry & { readonly orderKey: Hash64 | null };

/** Shorter lists are looked through entry by entry, which costs less than to remember them. */
const LOOKED_THROUGH_MAX = 64;

/**
 * What a long list is searched by. It is worked out once and then goes from a list to the one that an insertion makes
 * of it, which leaves the former without: asked again, that one works out its own. So it changes no answer.
 */
interface Lookup {
  readonly events: Set<Hash64>;
  readonly byOrder: Map<Hash64, readonly LedgerEntry[]>;
}

const lookups = new WeakMap<readonly LedgerEntry[], Lookup>();

/** Whether an event of this (source, eventId) lies in the ledger. */
export function isKnown(ledger: Ledger, eventKey: Hash64): boolean {
  for (const name of LEDGER_LISTS) if (holds(ledger[name], eventKey)) return true;
  return false;
}

function holds(entries: readonly LedgerEntry[], eventKey: Hash64): boolean {
  return entries.length <= LOOKED_THROUGH_MAX
    ? entries.some((it) => it.eventKey === eventKey)
    : lookupOf(entries).events.has(eventKey);
}

/** Those of the entries that are about one order, in their order. */
export function ofOrder<T extends EntryAboutOrder>(
  entries: readonly T[],
  orderKey: Hash64,
): readonly T[] {
  return entries.length <= LOOKED_THROUGH_MAX
    ? entries.filter((it) => it.orderKey === orderKey)
    : ((lookupOf(entries).byOrder.get(orderKey) ?? []) as readonly T[]);
}

/** A copy with `entry` in its place by (at, offset). */
export function inserted<T extends LedgerEntry>(entries: readonly T[], entry: T): readonly T[] {
  const next = sorted.inserted(entries, entry);
  const lookup = lookups.get(entries);
  if (lookup !== undefined) {
    lookups.delete(entries);
    add(lookup, entry);
    lookups.set(next, lookup);
  }
  return next;
}

function lookupOf(entries: readonly LedgerEntry[]): Lookup {
  const known = lookups.get(entries);
  if (known !== undefined) return known;
  const lookup: Lookup = { events: new Set(), byOrder: new Map() };
  for (const entry of entries) add(lookup, entry);
  lookups.set(entries, lookup);
  return lookup;
}

function add({ events, byOrder }: Lookup, entry: LedgerEntry & Partial<EntryAboutOrder>): void {
  events.add(entry.eventKey);
  const { orderKey } = entry;
  if (orderKey === undefined || orderKey === null) return;
  byOrder.set(orderKey, sorted.inserted(byOrder.get(orderKey) ?? [], entry));
}
