import {
  DAY_MS,
  type Dimension,
  type Instant,
  type Policy,
  SEVERITIES,
  type Severity,
} from '@strata/domain';

import { type History, ordersOf } from './history.ts';

/**
 * What each dimension is at one instant, counted over the whole history. Values are exact: in millionths of their
 * unit, as big integers. Only what is dated at or before the instant is looked at, save what corrects an order:
 * refunds and cancellations of an order act whenever they are dated, from the record that brought them.
 */
export function valueAt(dimension: Dimension, history: History, at: Instant): bigint | null {
  switch (dimension.of) {
    case 'recency': {
      const last = lastOrderAt(history, at);
      return last === null ? null : BigInt(at - last);
    }
    case 'orders':
      return million(ordersAt(history, at, dimension.windowMs));
    case 'purchase_days':
      throw new Error('purchase days need the zone of the policy: see valueOf');
    case 'revenue':
      return million(revenueAt(history, at, dimension.windowMs));
    case 'engagement':
      return engagementAt(history, at, dimension.windowMs);
    case 'complaints':
      return complaintsAt(history, at, dimension);
    default:
      throw new Error(`the naive reading of the rules does not know ${dimension.of}`);
  }
}

/** As `valueAt`, with the zone that days need. */
export function valueOf(
  { dimension, policy }: { dimension: Dimension; policy: Policy },
  history: History,
  at: Instant,
): bigint | null {
  if (dimension.of !== 'purchase_days') return valueAt(dimension, history, at);
  return million(
    purchaseDaysAt(history, at, { windowMs: dimension.windowMs, timeZone: policy.timeZone }),
  );
}

const million = (value: number): bigint => BigInt(value) * 1_000_000n;

const isWithin = (eventAt: Instant, at: Instant, windowMs: number): boolean =>
  eventAt > at - windowMs && eventAt <= at;

export function lastOrderAt(history: History, at: Instant): Instant | null {
  const before = ordersOf(history).filter((order) => order.counts && order.at <= at);
  return before.length === 0 ? null : Math.max(...before.map((order) => order.at));
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

export function revenueAt(history: History, at: Instant, windowMs: number): number {
  let total = 0;
  for (const order of ordersOf(history)) {
    if (!order.counts) continue;
    for (const part of order.parts) {
      if (isWithin(part.at, at, windowMs)) total += part.left;
    }
  }
  for (const { event } of history) {
    const isOrderless = event.type === 'refund' && event.orderId === undefined;
    if (isOrderless && isWithin(event.occurredAt, at, windowMs)) total -= event.amount.minor;
  }
  return Math.max(0, total);
}

function engagementAt(history: History, at: Instant, windowMs: number): bigint {
  let total = 0n;
  for (const { event } of history) {
    if (event.type !== 'engagement' || !isWithin(event.occurredAt, at, windowMs)) continue;
    total += BigInt(Math.round(event.weight * 1_000)) * 1_000n;
  }
  return total;
}

type ComplaintsDimension = Extract<Dimension, { of: 'complaints' }>;

/** A ticket is as its complaints and resolutions dated by then make it; it counts at its first complaint. */
function complaintsAt(history: History, at: Instant, dimension: ComplaintsDimension): bigint {
  const tickets = new Set<string>();
  for (const { event } of history) {
    if (event.type === 'complaint') tickets.add(`${event.source} / ${event.ticketId}`);
  }
  let total = 0n;
  for (const ticket of tickets) total += ticketWeight(history, at, { ticket, dimension });
  return total;
}

function ticketWeight(
  history: History,
  at: Instant,
  { ticket, dimension }: { ticket: string; dimension: ComplaintsDimension },
): bigint {
  let firstAt: Instant | null = null;
  let severity: Severity = 'low';
  let lastAt = Number.NEGATIVE_INFINITY;
  let isResolved = false;
  for (const { event } of history) {
    if (event.type !== 'complaint' && event.type !== 'complaint-resolved') continue;
    if (`${event.source} / ${event.ticketId}` !== ticket || event.occurredAt > at) continue;
    // The history is in log order, so of two at one instant the later in the log is met last.
    if (event.occurredAt >= lastAt) {
      lastAt = event.occurredAt;
      isResolved = event.type === 'complaint-resolved';
    }
    if (event.type !== 'complaint') continue;
    if (firstAt === null || event.occurredAt < firstAt) firstAt = event.occurredAt;
    if (SEVERITIES.indexOf(event.severity) > SEVERITIES.indexOf(severity)) {
      severity = event.severity;
    }
  }
  if (firstAt === null || !isWithin(firstAt, at, dimension.windowMs)) return 0n;
  const weight = BigInt(dimension.perMilli[severity]);
  return weight * (isResolved ? BigInt(dimension.resolvedCountsMilli) : 1_000n);
}

/** Whole days since the last counted order. */
export function recencyDaysAt(history: History, at: Instant): number | null {
  const last = lastOrderAt(history, at);
  return last === null ? null : Math.floor((at - last) / DAY_MS);
}
