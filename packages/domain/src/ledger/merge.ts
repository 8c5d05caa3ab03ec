import type { Ledger, LedgerEntry, OlderOrders } from '../customer-state.ts';
import type { Hash64 } from '../hash64.ts';
import { LEDGER_LISTS, type LedgerListName } from './ledger-lists.ts';
import { utcDayOf } from './older-orders.ts';

/**
 * The ledger of two customers who turned out to be one. An event that both have counts once, so the result is the
 * ledger that one customer would have had of all the events; which of the two comes first makes no difference.
 */
export function mergedLedger(a: Ledger, b: Ledger): Ledger {
  const placesInA = placesOf(a);
  const placesInB = placesOf(b);
  const ofA = (entry: LedgerEntry): boolean => !isBefore(placesInB.get(entry.eventKey), entry);
  // What stands at the same place in both is taken from the first.
  const ofB = (entry: LedgerEntry): boolean => {
    const other = placesInA.get(entry.eventKey);
    return other === undefined || isBefore(entry, other);
  };
  const lists = LEDGER_LISTS.map((name) => {
    const entries: LedgerEntry[] = [...a[name].filter(ofA), ...b[name].filter(ofB)];
    return [name, entries.sort(compare)];
  });
  const forgotten: Omit<Ledger, LedgerListName> = {
    olderOrders: mergedOlderOrders(a.olderOrders, b.olderOrders),
  };
  return { ...a, ...Object.fromEntries(lists), ...forgotten };
}

/** Where the first entry of each event stands; one event may have several, all in the same place. */
function placesOf(ledger: Ledger): ReadonlyMap<Hash64, LedgerEntry> {
  const places = new Map<Hash64, LedgerEntry>();
  for (const name of LEDGER_LISTS)
    for (const entry of ledger[name]) places.set(entry.eventKey, entry);
  return places;
}

function isBefore(entry: LedgerEntry | undefined, other: LedgerEntry): boolean {
  return entry !== undefined && (entry.at - other.at || entry.offset - other.offset) < 0;
}

/** Offsets of two partitions may be equal; then the keys decide, so that both orders of merging agree. */
function compare(a: LedgerEntry, b: LedgerEntry): number {
  return (
    a.at - b.at ||
    a.offset - b.offset ||
    (a.eventKey < b.eventKey ? -1 : a.eventKey > b.eventKey ? 1 : 0)
  );
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
