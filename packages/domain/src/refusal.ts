import type { CustomerEvent } from './customer-event.ts';
import type { FoldRefusal, PartitionState } from './fold-types.ts';
import { DAY_MS, type Instant } from './instant.ts';
import type { Order } from './ledger/orders.ts';
import type { EventMoney } from './rates/money-of.ts';

/** An event may be dated this far after the clock; more is a broken clock at its source. */
export const AHEAD_OF_CLOCK_MAX_MS = DAY_MS;

/** Why the fold refuses an event, with a detail that names no person; null when it takes it. */
export function refusalOf(input: {
  readonly partition: PartitionState;
  /** The order that the event is about, null where no part of it is known. */
  readonly order: Order | null;
  readonly event: CustomerEvent;
  readonly clock: Instant;
  readonly money: EventMoney;
}): { readonly reason: FoldRefusal; readonly detail: string } | null {
  const { partition, order, event, clock, money } = input;
  if (event.occurredAt > clock + AHEAD_OF_CLOCK_MAX_MS) {
    return { reason: 'ahead-of-clock', detail: 'occurredAt' };
  }
  const oldest = clock - partition.ledgerHorizonMs;
  if (event.occurredAt < oldest) return { reason: 'too-old', detail: 'occurredAt' };
  if (order !== null && order.at < oldest) return { reason: 'too-old', detail: 'orderId' };
  switch (money.kind) {
    case 'none':
    case 'amount':
      return null;
    case 'no-policy':
      return { reason: 'no-policy', detail: 'amount.currency' };
    case 'no-rate':
      return { reason: 'no-rate', detail: `amount.currency ${money.currency}` };
  }
}
