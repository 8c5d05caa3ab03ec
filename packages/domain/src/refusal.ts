import type { CustomerEvent } from './customer-event.ts';
import type { FoldRefusal, PartitionState } from './fold-types.ts';
import { DAY_MS, type Instant } from './instant.ts';
import type { Order } from './ledger/orders.ts';

/** An event may be dated this far after the clock; more is a broken clock at its source. */
export const AHEAD_OF_CLOCK_MAX_MS = DAY_MS;

/** Why the fold refuses an event, with a detail that names no person; null when it takes it. */
export function refusalOf(input: {
  readonly partition: PartitionState;
  /** The order that the event is about, null where no part of it is known. */
  readonly order: Order | null;
  readonly event: CustomerEvent;
  readonly clock: Instant;
  readonly baseCurrency: string | null;
}): { readonly reason: FoldRefusal; readonly detail: string } | null {
  const { partition, order, event, clock, baseCurrency } = input;
  if (event.occurredAt > clock + AHEAD_OF_CLOCK_MAX_MS) {
    return { reason: 'ahead-of-clock', detail: 'occurredAt' };
  }
  const oldest = clock - partition.ledgerHorizonMs;
  if (event.occurredAt < oldest) return { reason: 'too-old', detail: 'occurredAt' };
  if (order !== null && order.at < oldest) return { reason: 'too-old', detail: 'orderId' };
  if (event.type !== 'purchase' && event.type !== 'refund') return null;
  if (baseCurrency === null) return { reason: 'no-policy', detail: 'amount.currency' };
  if (event.amount.currency !== baseCurrency) {
    return { reason: 'no-rate', detail: `amount.currency ${event.amount.currency}` };
  }
  return null;
}
