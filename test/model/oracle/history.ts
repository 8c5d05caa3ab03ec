import type { CustomerEvent, Instant } from '@strata/domain';

/** An event of one customer that was taken, with its place in the log. */
export interface Applied {
  readonly event: CustomerEvent;
  readonly offset: number;
}

/** Everything taken so far, in log order. Nothing is ever thrown away but what the contract says is dropped. */
export type History = readonly Applied[];

export interface NaivePart {
  readonly at: Instant;
  readonly offset: number;
  /** What refunds have left of it. */
  left: number;
}

export interface NaiveOrder {
  readonly key: string;
  readonly at: Instant;
  readonly parts: readonly NaivePart[];
  readonly isCancelled: boolean;
  /** Not cancelled and not fully refunded. */
  readonly counts: boolean;
}

/** The order an event names, as readable text; null where it names none. */
export function orderNameOf(event: CustomerEvent): string | null {
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
      parts.push({ at: event.occurredAt, offset, left: event.amount.minor });
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

/** The largest (occurredAt, source, eventId) holds. Strings compare by UTF-16 code units. */
function isCancelledBy(about: History): boolean {
  let last: CustomerEvent | null = null;
  for (const { event } of about) {
    if (event.type !== 'order-cancelled' && event.type !== 'order-reinstated') continue;
    if (last === null || isLater(event, last)) last = event;
  }
  return last?.type === 'order-cancelled';
}

function isLater(one: CustomerEvent, other: CustomerEvent): boolean {
  if (one.occurredAt !== other.occurredAt) return one.occurredAt > other.occurredAt;
  if (one.source !== other.source) return one.source > other.source;
  return one.eventId > other.eventId;
}
