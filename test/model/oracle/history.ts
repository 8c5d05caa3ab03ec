import type { Instant, LedgerEvent, Money } from '@strata/domain';

/** A customer whom this one referred has become existing. It is dated by the other's clock of that moment. */
export interface Conversion {
  readonly type: 'referral-converted';
  readonly source: 'referral';
  /** The referred customer: each counts once. */
  readonly eventId: string;
  readonly customerId: string;
  readonly occurredAt: Instant;
}

/** Something that was taken into the account of one customer, with its place in the log. */
export interface Applied {
  readonly event: LedgerEvent | Conversion;
  readonly offset: number;
  /** What was paid, where that was in another currency than the amount of the event says by now. */
  readonly original?: Money;
  /** Whether a correction of rates has changed what it came to. */
  readonly isReconverted?: boolean;
}

/** Everything taken so far, in log order. Nothing is ever thrown away but what the contract says is dropped. */
export type History = readonly Applied[];

export interface NaivePart {
  readonly at: Instant;
  readonly offset: number;
  readonly amount: number;
  readonly category: string | undefined;
  readonly channel: string | undefined;
  /** What refunds have left of it. */
  left: number;
}

export interface NaiveOrder {
  readonly key: string;
  readonly at: Instant;
  /** Oldest first. */
  readonly parts: readonly NaivePart[];
  readonly isCancelled: boolean;
  /** Not cancelled and not fully refunded. */
  readonly counts: boolean;
}

/** The order an event names, as readable text; null where it names none. */
export function orderNameOf(event: Applied['event']): string | null {
  if (event.type === 'purchase') return `${event.orderSource} / ${event.orderId}`;
  if (event.type === 'order-cancelled') return `${event.orderSource} / ${event.orderId}`;
  if (event.type === 'order-reinstated') return `${event.orderSource} / ${event.orderId}`;
  if (event.type === 'refund' && event.orderId !== undefined) {
    return `${event.orderSource} / ${event.orderId}`;
  }
  return null;
}

const remembered = new WeakMap<History, readonly NaiveOrder[]>();

/** All orders that have a part, worked out from nothing but the list of events, once for each list. */
export function ordersOf(history: History): readonly NaiveOrder[] {
  const known = remembered.get(history);
  if (known !== undefined) return known;
  const orders = allOrders(history);
  remembered.set(history, orders);
  return orders;
}

function allOrders(history: History): NaiveOrder[] {
  const names = new Set<string>();
  for (const { event } of history) {
    if (event.type === 'purchase') names.add(`${event.orderSource} / ${event.orderId}`);
  }
  return [...names].map((name) => orderOf(history, name) as NaiveOrder);
}

/** Null until the order has a part. Parts dated after the instant looked at belong to the order too. */
export function orderOf(history: History, name: string): NaiveOrder | null {
  const about = history.filter(({ event }) => orderNameOf(event) === name);
  const parts: NaivePart[] = [];
  let refunded = 0;
  for (const { event, offset } of about) {
    if (event.type === 'purchase') {
      const { occurredAt: at, amount, category, channel } = event;
      parts.push({ at, offset, amount: amount.minor, category, channel, left: amount.minor });
    }
    if (event.type === 'refund') refunded += event.amount.minor;
  }
  parts.sort((a, b) => a.at - b.at || a.offset - b.offset);
  const first = parts[0];
  if (first === undefined) return null;
  let open = refunded;
  for (const part of parts) {
    const taken = Math.min(open, part.left);
    part.left -= taken;
    open -= taken;
  }
  const total = parts.reduce((sum, part) => sum + part.left, 0);
  // Zero amounts count: only a refund of more than zero can make an order fully refunded.
  const isFullyRefunded = refunded > 0 && total === 0;
  const isCancelled = isCancelledBy(about);
  const counts = !isCancelled && !isFullyRefunded;
  return { key: name, at: first.at, parts, isCancelled, counts };
}

function isCancelledBy(about: History): boolean {
  const decisive = about.filter(
    ({ event }) => event.type === 'order-cancelled' || event.type === 'order-reinstated',
  );
  return lastOf(decisive)?.event.type === 'order-cancelled';
}

/** The one with the largest (occurredAt, source, eventId). Strings compare by UTF-16 code units. */
export function lastOf(history: History): Applied | null {
  let last: Applied | null = null;
  for (const one of history) if (last === null || isLater(one.event, last.event)) last = one;
  return last;
}

function isLater(one: Applied['event'], other: Applied['event']): boolean {
  if (one.occurredAt !== other.occurredAt) return one.occurredAt > other.occurredAt;
  if (one.source !== other.source) return one.source > other.source;
  return one.eventId > other.eventId;
}
