import type { Ledger, LedgerEntry, OlderOrders } from '../customer-state.ts';
import type { Hash64 } from '../hash64.ts';
import { LEDGER_LISTS, type LedgerListName } from './ledger-lists.ts';
import { utcDayOf } from './older-orders.ts';

/**
 * The ledger of a survivor and another customer who turned out to be one: as if all that the other knew had come behind
 * what the survivor knew, in its order. An event that both have counts once. `offset` is that of the record which
 * brought the other's entries, for in the survivor's partition their own offsets mean nothing.
 */
export function mergedLedger(survivor: Ledger, other: Ledger, offset: number): Ledger {
  const known = new Set<Hash64>();
  for (const name of LEDGER_LISTS) for (const { eventKey } of survivor[name]) known.add(eventKey);
  const lists = LEDGER_LISTS.map((name) => {
    const fresh = other[name].filter(({ eventKey }) => !known.has(eventKey));
    const entries: LedgerEntry[] = [...survivor[name], ...fresh.map((it) => ({ ...it, offset }))];
    return [name, entries.sort((a, b) => a.at - b.at || a.offset - b.offset)];
  });
  const forgotten: Omit<Ledger, LedgerListName> = {
    olderOrders: mergedOlderOrders(survivor.olderOrders, other.olderOrders),
  };
  return { ...survivor, ...Object.fromEntries(lists), ...forgotten };
}

/**
 * First, last and money of what both have forgotten. Which orders and days these were is forgotten too, so an order or a
 * day that both knew once is in the sums twice: the one limit, two horizons back, of what a merge can tell.
 */
function mergedOlderOrders(a: OlderOrders | null, b: OlderOrders | null): OlderOrders | null {
  if (a === null || b === null) return a ?? b;
  const [first, second] = a.firstAt <= b.firstAt ? [a, b] : [b, a];
  const isSameFirstDay = utcDayOf(first.firstAt) === utcDayOf(second.firstAt);
  return {
    firstAt: first.firstAt,
    lastAt: Math.max(a.lastAt, b.lastAt),
    days: a.days + b.days - (isSameFirstDay ? 1 : 0),
    spendMinor: a.spendMinor + b.spendMinor,
    firstDaySpendMinor: first.firstDaySpendMinor + (isSameFirstDay ? second.firstDaySpendMinor : 0),
    sharedDays: [...new Set([...a.sharedDays, ...b.sharedDays])].sort((x, y) => x - y),
  };
}
