import { DAY_MS, type Instant } from '@strata/domain';

import { type History, type NaivePart, ordersOf } from './history.ts';
import { microOfMilli, roundHalfEven } from './rounding.ts';

/** The last `windowMs` before `at`: what happened exactly that long ago has left. */
export const isWithin = (eventAt: Instant, at: Instant, windowMs: number): boolean =>
  eventAt > at - windowMs && eventAt <= at;

/** Ever, at or before `at`. */
export function countedOrderInstants(history: History, at: Instant): readonly Instant[] {
  return ordersOf(history)
    .filter((order) => order.counts && order.at <= at)
    .map((order) => order.at);
}

export function lastOrderAt(history: History, at: Instant): Instant | null {
  const instants = countedOrderInstants(history, at);
  return instants.length === 0 ? null : Math.max(...instants);
}

export function firstOrderAt(history: History, at: Instant): Instant | null {
  const instants = countedOrderInstants(history, at);
  return instants.length === 0 ? null : Math.min(...instants);
}

/** Whole days since the last counted order. */
export function recencyDaysAt(history: History, at: Instant): number | null {
  const last = lastOrderAt(history, at);
  return last === null ? null : Math.floor((at - last) / DAY_MS);
}

export function ordersAt(history: History, at: Instant, windowMs: number): number {
  return ordersOf(history).filter((order) => order.counts && isWithin(order.at, at, windowMs))
    .length;
}

export function purchaseDaysAt(
  history: History,
  at: Instant,
  { windowMs, timeZone }: { windowMs: number; timeZone: string },
): number {
  const days = new Set<string>();
  for (const order of ordersOf(history)) {
    if (order.counts && isWithin(order.at, at, windowMs)) days.add(localDay(order.at, timeZone));
  }
  return days.size;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localDay(at: Instant, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
    formats.set(timeZone, format);
  }
  return format.format(at);
}

/** The parts of counted orders, each at its own instant. */
function partsWithin(history: History, at: Instant, windowMs: number): readonly NaivePart[] {
  return ordersOf(history)
    .filter((order) => order.counts)
    .flatMap((order) => order.parts)
    .filter((part) => isWithin(part.at, at, windowMs));
}

export function revenueAt(history: History, at: Instant, windowMs: number): number {
  let total = 0;
  for (const part of partsWithin(history, at, windowMs)) total += part.left;
  for (const { event } of history) {
    const isOrderless = event.type === 'refund' && event.orderId === undefined;
    if (isOrderless && isWithin(event.occurredAt, at, windowMs)) total -= event.amount.minor;
  }
  return Math.max(0, total);
}

/** In millionths of a minor unit, of 3 decimals. */
export function averageOrderAt(history: History, at: Instant, windowMs: number): bigint | null {
  const orders = ordersAt(history, at, windowMs);
  if (orders === 0) return null;
  const revenueMilli = BigInt(revenueAt(history, at, windowMs)) * 1_000n;
  return microOfMilli(roundHalfEven(revenueMilli, BigInt(orders)));
}

/** Different categories or channels among the parts of which something is left, or which were worth nothing anyway. */
export function breadthAt(
  history: History,
  at: Instant,
  { of, windowMs }: { of: 'category' | 'channel'; windowMs: number },
): number {
  const names = new Set<string>();
  for (const part of partsWithin(history, at, windowMs)) {
    const name = part[of];
    const isRefunded = part.amount > 0 && part.left === 0;
    if (name !== undefined && !isRefunded) names.add(name);
  }
  return names.size;
}

/** Percent, in millionths of 3 decimals: of the orders whose first part names a channel, those that name this one. */
export function channelShareAt(
  history: History,
  at: Instant,
  { channel, windowMs }: { channel: string; windowMs: number },
): bigint | null {
  const channels = ordersOf(history)
    .filter((order) => order.counts && isWithin(order.at, at, windowMs))
    .map((order) => order.parts[0]?.channel)
    .filter((name) => name !== undefined);
  if (channels.length === 0) return null;
  const having = channels.filter((name) => name === channel).length;
  return microOfMilli(roundHalfEven(BigInt(having) * 100_000n, BigInt(channels.length)));
}
