import type { Ledger } from '../customer-state.ts';
import {
  type Amount,
  AmountSeries,
  type GainsAndLosses,
  gainsAndLosses,
  NOTHING,
} from '../dimensions/amount-series.ts';
import type { Instant } from '../instant.ts';
import { localDayIn } from '../local-day.ts';
import { countUpTo, insertedBy } from '../sorted.ts';
import { type Order, ordersOf, type RemainingPart } from './orders.ts';

/** What the dimensions read of a ledger, worked out once for all of them. */
export interface LedgerView {
  readonly ledger: Ledger;
  /** By the places of their first parts. */
  readonly orders: readonly Order[];
  /** Instants of the counted orders in the ledger, ascending. */
  readonly countedAt: readonly Instant[];
  /** What is left of the parts of orders, and as losses the refunds without order. */
  readonly revenue: GainsAndLosses;
  /** Each counted order once, at its own instant. */
  readonly orderCount: GainsAndLosses;
}

/**
 * The last view that was made, and those of long ledgers that are still in use. A memory of a pure function; it changes no
 * answer. To remember the views of shorter ledgers for every customer at hand costs more than to make them anew.
 */
let last: LedgerView | null = null;
const views = new WeakMap<Ledger, LedgerView>();
const REMEMBERED_PARTS_MIN = 64;

export function viewOf(ledger: Ledger): LedgerView {
  const known = knownView(ledger);
  if (known !== undefined) return known;
  const orders = ordersOf(ledger);
  const countedAt: Instant[] = [];
  for (const { counts, at } of orders) if (counts) countedAt.push(at);
  const revenue = revenueOf(ledger, orders);
  return remembered({ ledger, orders, countedAt, revenue, orderCount: orderCountOf(countedAt) });
}

function knownView(ledger: Ledger): LedgerView | undefined {
  return last?.ledger === ledger ? last : views.get(ledger);
}

function remembered(view: LedgerView): LedgerView {
  last = view;
  if (view.ledger.parts.length >= REMEMBERED_PARTS_MIN) views.set(view.ledger, view);
  return view;
}

/** What one event does to one order, or to none: both null. */
interface OrderChange {
  readonly before: Order | null;
  readonly after: Order | null;
}

/** Derives the view of the ledger `to`, which one event made of `from`, where the view of `from` is at hand. */
export function carryView(from: Ledger, to: Ledger, change: OrderChange): void {
  const view = knownView(from);
  if (view === undefined) return;
  const orders = withOrder(view.orders, change);
  remembered({
    ledger: to,
    orders,
    ...withCounted(view, change),
    revenue: withRevenue({ view, to, orders }, change),
  });
}

function withOrder(orders: readonly Order[], { before, after }: OrderChange): readonly Order[] {
  if (after === null) return orders;
  if (before === null) return insertedBy(orders, after, isAfter);
  const index = orders.findLastIndex((it) => it.key === after.key);
  return !isAfter(before, after) && !isAfter(after, before)
    ? orders.with(index, after)
    : insertedBy(orders.toSpliced(index, 1), after, isAfter);
}

function isAfter(a: Order, b: Order): boolean {
  if (a.at !== b.at) return a.at > b.at;
  return (a.remaining[0] as RemainingPart).offset > (b.remaining[0] as RemainingPart).offset;
}

/** What changes of the counted orders: which instant goes, which one comes; null for none. */
function withCounted(
  { countedAt, orderCount }: LedgerView,
  { before, after }: OrderChange,
): Pick<LedgerView, 'countedAt' | 'orderCount'> {
  const was = before?.counts === true ? before.at : null;
  const is = after?.counts === true ? after.at : null;
  if (was === is) return { countedAt, orderCount };
  const others = was === null ? countedAt : countedAt.toSpliced(countUpTo(countedAt, was) - 1, 1);
  if (is === null) return { countedAt: others, orderCount: orderCountOf(others) };
  const next = others.toSpliced(countUpTo(others, is), 0, is);
  if (was !== null) return { countedAt: next, orderCount: orderCountOf(next) };
  const { gains, losses } = orderCount;
  return { countedAt: next, orderCount: { gains: gains.with(counted(is)), losses } };
}

function orderCountOf(countedAt: readonly Instant[]): GainsAndLosses {
  return { gains: AmountSeries.ofEach(countedAt, ORDER_MILLI), losses: NOTHING };
}

const ORDER_MILLI = 1_000;

function counted(at: Instant): Amount {
  return { at, amountMilli: ORDER_MILLI };
}

function withRevenue(
  { view, to, orders }: { view: LedgerView; to: Ledger; orders: readonly Order[] },
  change: OrderChange,
): GainsAndLosses {
  if (change.after === null && view.ledger.refunds === to.refunds) return view.revenue;
  const added = addedPart(change);
  if (added === null) return revenueOf(to, orders);
  const { gains, losses } = view.revenue;
  return { gains: gains.with(revenueEntry(added)), losses };
}

/** The part that is all that is new of an order; null where something else of it changed. */
function addedPart({ before, after }: OrderChange): RemainingPart | null {
  if (after === null || after.isCancelled || before?.isCancelled === true) return null;
  const old = before?.remaining ?? [];
  const isMore = after.remaining.length === old.length + 1;
  return isMore && old.every((part, i) => part === after.remaining[i])
    ? (after.remaining.at(-1) ?? null)
    : null;
}

function revenueOf(ledger: Ledger, orders: readonly Order[]): GainsAndLosses {
  const entries: Amount[] = [];
  for (const order of orders) {
    if (order.isCancelled) continue;
    for (const part of order.remaining) entries.push(revenueEntry(part));
  }
  for (const refund of ledger.refunds) {
    if (refund.orderKey === null) {
      entries.push({ at: refund.at, amountMilli: -refund.amountMinor * 1_000 });
    }
  }
  return gainsAndLosses(entries);
}

function revenueEntry({ at, amountMinor }: RemainingPart): Amount {
  return { at, amountMilli: amountMinor * 1_000 };
}

/** The local day of each counted order. */
export function dayEntries(view: LedgerView, timeZone: string) {
  const dayOf = localDayIn(timeZone);
  return view.countedAt.map((at) => ({ at, label: dayOf(at) }));
}
