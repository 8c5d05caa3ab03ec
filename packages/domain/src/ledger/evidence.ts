import type { Ledger } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import { viewOf } from './ledger-view.ts';

/** Log offsets of the records behind the values at an instant, newest first: parts of counted orders, refunds, tickets, engagements, feedback, referrals. */
export function evidenceAt(ledger: Ledger, at: Instant): readonly number[] {
  const entries = [
    ...viewOf(ledger).orders.flatMap((order) => (order.counts ? order.remaining : [])),
    ...ledger.refunds,
    ...ledger.tickets,
    ...ledger.engagements,
    ...ledger.feedbacks,
    ...ledger.referrals,
  ].filter((entry) => entry.at <= at);
  entries.sort((a, b) => b.at - a.at || b.offset - a.offset);
  return [...new Set(entries.map((entry) => entry.offset))];
}
