import type {
  ComplaintResolved,
  CustomerEvent,
  Feedback,
  LedgerEvent,
  Purchase,
} from '../customer-event.ts';
import type { Ledger } from '../customer-state.ts';
import { percentMilliOf } from '../decimal.ts';
import { type Hash64, hash64 } from '../hash64.ts';
import type { Instant } from '../instant.ts';
import type { BaseAmount } from '../rates/convert.ts';
import { attributeEntries } from './attributes.ts';
import { inserted } from './entry-list.ts';
import { carryView } from './ledger-view.ts';
import { type Order, orderOf } from './orders.ts';

/** An event on its way into the ledger: amounts are in the base currency already. */
export interface LedgerEntryContext {
  readonly offset: number;
  readonly amount: BaseAmount;
  /** The order that the event is about, as it was before; null where no part of it is known. */
  readonly order: Order | null;
  /** Where they are known already. */
  readonly keys?: EventKeys;
}

/** Under what the ledger knows an event, and the order that it is about; null where it is about none. */
export interface EventKeys {
  readonly eventKey: Hash64;
  readonly orderKey: Hash64 | null;
}

export interface LedgerStep {
  readonly ledger: Ledger;
  /** Instant of the order that this record corrected: a late part, a refund or a cancellation that changed it. */
  readonly correctedOrderAt: Instant | null;
  readonly refundExcessMinor: number;
}

/** Keys of events and orders: hashes, because ids are as long as their source likes. */
export const eventKeyOf = (event: CustomerEvent): Hash64 => hash64(event.source, event.eventId);
export const orderKeyOf = (orderSource: string, orderId: string): Hash64 =>
  hash64(orderSource, orderId);

export function keysOf(event: LedgerEvent): EventKeys {
  return { eventKey: eventKeyOf(event), orderKey: orderKeyOfEvent(event) };
}

/** The order that an event is about, null where it is about none. */
export function orderKeyOfEvent(event: LedgerEvent): Hash64 | null {
  switch (event.type) {
    case 'purchase':
    case 'order-cancelled':
    case 'order-reinstated':
      return orderKeyOf(event.orderSource, event.orderId);
    case 'refund':
      return event.orderId === undefined || event.orderSource === undefined
        ? null
        : orderKeyOf(event.orderSource, event.orderId);
    case 'complaint':
    case 'complaint-resolved':
    case 'feedback':
    case 'engagement':
    case 'referral':
    case 'interaction':
    case 'opportunity':
    case 'profile':
      return null;
  }
}

/** Takes one event that is no repeat into the ledger. Values come out the same whatever the order of arrival. */
export function applyEvent(
  ledger: Ledger,
  event: LedgerEvent,
  context: LedgerEntryContext,
): LedgerStep {
  const { offset, amount, order: before, keys = keysOf(event) } = context;
  const { orderKey } = keys;
  const next = withEntry(ledger, event, { offset, amount, keys });
  const after = orderKey === null ? null : orderOf(next, orderKey);
  carryView(ledger, next, { before, after });
  if (orderKey === null || (before === null && ledger.refunds.length === 0)) {
    return { ledger: next, correctedOrderAt: null, refundExcessMinor: 0 };
  }
  const isCorrection =
    event.type !== 'order-reinstated' &&
    before !== null &&
    after !== null &&
    isChanged(before, after);
  return {
    ledger: next,
    correctedOrderAt: isCorrection ? after.at : null,
    refundExcessMinor: Math.max(
      0,
      (after?.refundExcessMinor ?? 0) - (before?.refundExcessMinor ?? 0),
    ),
  };
}

function withEntry(
  ledger: Ledger,
  event: LedgerEvent,
  context: Required<Pick<LedgerEntryContext, 'offset' | 'amount' | 'keys'>>,
): Ledger {
  const { eventKey, orderKey } = context.keys;
  const entry = { eventKey, at: event.occurredAt, offset: context.offset };
  switch (event.type) {
    case 'purchase': {
      const part = {
        ...entry,
        orderKey: orderKey as Hash64,
        ...context.amount,
        ...labelsOf(event),
      };
      return { ...ledger, parts: inserted(ledger.parts, part) };
    }
    case 'refund': {
      const refund = { ...entry, orderKey, ...context.amount };
      return { ...ledger, refunds: inserted(ledger.refunds, refund) };
    }
    case 'order-cancelled':
    case 'order-reinstated':
      return {
        ...ledger,
        verdicts: inserted(ledger.verdicts, {
          ...entry,
          orderKey: orderKey as Hash64,
          isCancelled: event.type === 'order-cancelled',
          source: event.source,
          eventId: event.eventId,
        }),
      };
    case 'complaint':
    case 'complaint-resolved': {
      const ticket = {
        ...entry,
        ticketKey: hash64(event.source, event.ticketId),
        severity: event.type === 'complaint' ? event.severity : null,
        ...(event.type === 'complaint' ? {} : satisfactionOf(event)),
      };
      return { ...ledger, tickets: inserted(ledger.tickets, ticket) };
    }
    case 'engagement': {
      const engagement = { ...entry, weightMilli: Math.round(event.weight * 1_000) };
      return { ...ledger, engagements: inserted(ledger.engagements, engagement) };
    }
    case 'feedback': {
      const feedback = { ...entry, percentMilli: opinionMilli(event) };
      return { ...ledger, feedbacks: inserted(ledger.feedbacks, feedback) };
    }
    case 'opportunity': {
      const { stage, source, eventId } = event;
      const opportunity = { ...entry, stage, source, eventId };
      return { ...ledger, opportunities: inserted(ledger.opportunities, opportunity) };
    }
    case 'profile': {
      const entries = attributeEntries(event, entry);
      // One that says nothing leaves a trace, so that its repeat is known.
      if (entries.length === 0) return { ...ledger, traces: inserted(ledger.traces, entry) };
      return { ...ledger, attributes: entries.reduce(inserted, ledger.attributes) };
    }
    case 'referral':
    case 'interaction':
      return { ...ledger, traces: inserted(ledger.traces, entry) };
  }
}

/** Absent, not empty: most purchases name neither, and an entry without them takes no room. */
function labelsOf({ category, channel }: Purchase): {
  readonly category?: Hash64;
  readonly channel?: Hash64;
} {
  return {
    ...(category === undefined ? {} : { category: hash64(category) }),
    ...(channel === undefined ? {} : { channel: hash64(channel) }),
  };
}

const SATISFACTION_SCALE = 5;
/** A score far beyond its scale is a fault of its source; up to here sums of them stay exact. */
const PERCENT_MILLI_MAX = 1_000_000_000_000;

function satisfactionOf({ satisfaction }: ComplaintResolved): { readonly percentMilli?: number } {
  if (satisfaction === undefined) return {};
  return { percentMilli: opinionMilli({ score: satisfaction, scale: SATISFACTION_SCALE }) };
}

function opinionMilli({ score, scale }: Pick<Feedback, 'score' | 'scale'>): number {
  const percentMilli = percentMilliOf(Math.round(score * 1_000), Math.round(scale * 1_000));
  return Math.min(percentMilli, PERCENT_MILLI_MAX);
}

function isChanged(before: Order, after: Order): boolean {
  if (before.counts !== after.counts || before.at !== after.at) return true;
  // Of an order that counts nowhere, cancelled or fully refunded, nothing is left, whatever its parts.
  if (!before.counts) return false;
  if (before.remaining.length !== after.remaining.length) return true;
  return before.remaining.some((part, i) => {
    const other = after.remaining[i];
    return part.at !== other?.at || part.amountMinor !== other.amountMinor;
  });
}
