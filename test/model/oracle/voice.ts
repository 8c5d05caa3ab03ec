import { type Instant, SEVERITIES, type Severity } from '@strata/domain';

import type { NaiveDimension } from './grammar.ts';
import type { Applied, History } from './history.ts';
import { isWithin } from './purchases.ts';
import { microOfMilli, milliOf, roundHalfEven } from './rounding.ts';

/** What customers say of themselves: engagements, answers to surveys, complaints, and whom they bring. */
export function engagementAt(history: History, at: Instant, windowMs: number): bigint {
  let total = 0n;
  for (const { event } of history) {
    if (event.type !== 'engagement' || !isWithin(event.occurredAt, at, windowMs)) continue;
    total += microOfMilli(milliOf(event.weight));
  }
  return total;
}

export function referralsAt(history: History, at: Instant, windowMs: number): number {
  return history.filter(
    ({ event }) => event.type === 'referral-converted' && isWithin(event.occurredAt, at, windowMs),
  ).length;
}

/** The mean of what each event gives of a hundred, in millionths of 3 decimals. */
export function meanAt(
  history: History,
  at: Instant,
  { of, windowMs }: { of: 'feedback' | 'satisfaction'; windowMs: number },
): bigint | null {
  const hundredths: bigint[] = [];
  for (const { event } of history) {
    if (!isWithin(event.occurredAt, at, windowMs)) continue;
    const milli = of === 'feedback' ? feedbackMilli(event) : satisfactionMilli(event);
    if (milli !== null) hundredths.push(milli);
  }
  if (hundredths.length === 0) return null;
  const sum = hundredths.reduce((a, b) => a + b, 0n);
  return microOfMilli(roundHalfEven(sum, BigInt(hundredths.length)));
}

function feedbackMilli(event: Applied['event']): bigint | null {
  if (event.type !== 'feedback') return null;
  return roundHalfEven(milliOf(event.score) * 100_000n, milliOf(event.scale));
}

function satisfactionMilli(event: Applied['event']): bigint | null {
  if (event.type !== 'complaint-resolved' || event.satisfaction === undefined) return null;
  return roundHalfEven(milliOf(event.satisfaction) * 100_000n, 5_000n);
}

type Complaints = Extract<NaiveDimension, { of: 'complaints' }>;

/** A ticket is as its complaints and resolutions dated by then make it; it counts at its first complaint. */
export function complaintsAt(history: History, at: Instant, dimension: Complaints): bigint {
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
  { ticket, dimension }: { ticket: string; dimension: Complaints },
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
