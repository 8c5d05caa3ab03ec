import type { Ledger, OrderPart } from '../customer-state.ts';
import type { Hash64 } from '../hash64.ts';
import { DAY_MS, type Instant } from '../instant.ts';
import { trimmedAttributes, trimmedOpportunities } from './attributes.ts';
import { withOlderOrders } from './older-orders.ts';
import { ordersOf } from './orders.ts';

/** Repeats of events that move no value are known this long and this many; later ones do no harm. */
const TRACE_MS = 7 * DAY_MS;
const TRACES_MAX = 256;

/**
 * Drops what can move no value any more. An order leaves as a whole, with its refunds and verdict, when even its
 * newest entry is older than twice the horizon: records about orders beyond the horizon are refused, and a promotion
 * inside the horizon may still be judged by a window that reaches one horizon further back. A ticket leaves as a whole, too.
 * What waits for an order that never came goes after one horizon.
 */
export function trimmed(
  ledger: Ledger,
  clock: Instant,
  horizonMs: number,
): { readonly ledger: Ledger; readonly neverMatched: number } {
  const oldest = clock - 2 * horizonMs;
  const oldestWaiting = clock - horizonMs;
  if (!mayHold(ledger, { oldest, oldestWaiting, clock })) return { ledger, neverMatched: 0 };

  const newestByOrder = newestPartByOrder(ledger.parts);
  const isKept = (orderKey: Hash64 | null, at: Instant): boolean => {
    if (orderKey === null) return at > oldest;
    const newest = newestByOrder.get(orderKey);
    return newest === undefined ? at > oldestWaiting : newest > oldest;
  };
  const ticketEnds = new Map(ledger.tickets.map((it) => [it.ticketKey, it.at]));
  const newestByTicket = (key: Hash64): Instant => ticketEnds.get(key) ?? Number.NEGATIVE_INFINITY;
  const isWaiting = (orderKey: Hash64 | null): boolean =>
    orderKey !== null && !newestByOrder.has(orderKey);
  let neverMatched = 0;
  const keep = (orderKey: Hash64 | null, at: Instant): boolean => {
    const kept = isKept(orderKey, at);
    if (!kept && isWaiting(orderKey)) neverMatched++;
    return kept;
  };

  const { true: staying = [], false: leaving = [] } = Object.groupBy(ordersOf(ledger), (order) =>
    isKept(order.key, order.at) ? 'true' : 'false',
  );
  const countedLeaving = leaving.filter((order) => order.counts);
  const next: Ledger = {
    parts: ledger.parts.filter((it) => isKept(it.orderKey, it.at)),
    refunds: ledger.refunds.filter((it) => keep(it.orderKey, it.at)),
    verdicts: ledger.verdicts.filter((it) => keep(it.orderKey, it.at)),
    tickets: ledger.tickets.filter((it) => newestByTicket(it.ticketKey) > oldest),
    engagements: ledger.engagements.filter((it) => it.at > oldest),
    feedbacks: ledger.feedbacks.filter((it) => it.at > oldest),
    attributes: trimmedAttributes(ledger.attributes, oldestWaiting),
    opportunities: trimmedOpportunities(ledger.opportunities, oldestWaiting),
    referrals: ledger.referrals.filter((it) => it.at > oldest),
    traces: ledger.traces.filter((it) => it.at > clock - TRACE_MS).slice(-TRACES_MAX),
    olderOrders: withOlderOrders(ledger.olderOrders, countedLeaving, staying),
  };
  return { ledger: next, neverMatched };
}

/** The instant of the newest part, by which an order leaves as a whole. */
export function newestPartByOrder(parts: readonly OrderPart[]): ReadonlyMap<Hash64, Instant> {
  const newest = new Map<Hash64, Instant>();
  for (const { orderKey, at } of parts) {
    newest.set(orderKey, Math.max(newest.get(orderKey) ?? at, at));
  }
  return newest;
}

/** The lists are in the order of time, so a look at their heads tells whether anything could go. */
function mayHold(
  ledger: Ledger,
  { oldest, oldestWaiting, clock }: { oldest: Instant; oldestWaiting: Instant; clock: Instant },
): boolean {
  return (
    (ledger.parts[0]?.at ?? oldest + 1) <= oldest ||
    (ledger.refunds[0]?.at ?? oldestWaiting + 1) <= oldestWaiting ||
    (ledger.verdicts[0]?.at ?? oldestWaiting + 1) <= oldestWaiting ||
    (ledger.tickets[0]?.at ?? oldest + 1) <= oldest ||
    (ledger.engagements[0]?.at ?? oldest + 1) <= oldest ||
    (ledger.feedbacks[0]?.at ?? oldest + 1) <= oldest ||
    trimmedAttributes(ledger.attributes, oldestWaiting) !== ledger.attributes ||
    trimmedOpportunities(ledger.opportunities, oldestWaiting) !== ledger.opportunities ||
    (ledger.referrals[0]?.at ?? oldest + 1) <= oldest ||
    (ledger.traces[0]?.at ?? clock) <= clock - TRACE_MS ||
    ledger.traces.length > TRACES_MAX
  );
}
