import type { Ledger, OrderPart, OrderVerdict } from '../customer-state.ts';
import type { Hash64 } from '../hash64.ts';
import type { Instant } from '../instant.ts';
import { ofOrder } from './entry-list.ts';

/** What is left of one part of an order after the order's refunds: of one refunded to zero no category, no channel. */
export type RemainingPart = Pick<
  OrderPart,
  'at' | 'amountMinor' | 'offset' | 'category' | 'channel'
>;

/** An order as the dimensions see it. It dates from its earliest part, also when that part is refunded to zero. */
export interface Order {
  readonly key: Hash64;
  readonly at: Instant;
  /** Neither cancelled nor fully refunded. */
  readonly counts: boolean;
  readonly isCancelled: boolean;
  /** Of its earliest part, refunded or not; absent where that names none. */
  readonly channel?: Hash64;
  /** Oldest first; all of them, refunded to zero or not. */
  readonly remaining: readonly RemainingPart[];
  /** Refunds beyond what the parts held. */
  readonly refundExcessMinor: number;
}

/** All orders of the ledger that have a part, by the places of their first parts. */
export function ordersOf(ledger: Ledger): readonly Order[] {
  const partsByOrder = Map.groupBy(ledger.parts, (part) => part.orderKey);
  const refunded = new Map<Hash64, number>();
  for (const refund of ledger.refunds) {
    if (refund.orderKey === null) continue;
    refunded.set(refund.orderKey, (refunded.get(refund.orderKey) ?? 0) + refund.amountMinor);
  }
  const verdicts = new Map<Hash64, OrderVerdict>();
  for (const verdict of ledger.verdicts) {
    verdicts.set(verdict.orderKey, laterOf(verdict, verdicts.get(verdict.orderKey)));
  }
  const orders: Order[] = [];
  for (const [key, parts] of partsByOrder) {
    const isCancelled = verdicts.get(key)?.isCancelled ?? false;
    orders.push(orderFrom(parts, refunded.get(key) ?? 0, isCancelled));
  }
  return orders;
}

/** The one order, or null when no part of it is known. */
export function orderOf(ledger: Ledger, key: Hash64): Order | null {
  const parts = ofOrder(ledger.parts, key);
  if (parts.length === 0) return null;
  let refundedMinor = 0;
  for (const refund of ofOrder(ledger.refunds, key)) refundedMinor += refund.amountMinor;
  let verdict: OrderVerdict | undefined;
  for (const it of ofOrder(ledger.verdicts, key)) verdict = laterOf(it, verdict);
  return orderFrom(parts, refundedMinor, verdict?.isCancelled ?? false);
}

/** Of an order's cancellations and reinstatements the largest (at, source, eventId) holds. */
function laterOf(a: OrderVerdict, b: OrderVerdict | undefined): OrderVerdict {
  if (b === undefined) return a;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  if (a.source !== b.source) return a.source > b.source ? a : b;
  return a.eventId > b.eventId ? a : b;
}

/** Sets the refunds, as one sum, against the parts, oldest first. `parts` are in the order of (at, offset). */
function orderFrom(
  parts: readonly OrderPart[],
  refundedMinor: number,
  isCancelled: boolean,
): Order {
  const first = parts[0] as OrderPart;
  let toRefund = refundedMinor;
  let leftMinor = 0;
  const remaining = parts.map((part) => {
    if (toRefund === 0) {
      leftMinor += part.amountMinor;
      return part;
    }
    const taken = Math.min(toRefund, part.amountMinor);
    toRefund -= taken;
    leftMinor += part.amountMinor - taken;
    const { at, offset } = part;
    const isRefunded = taken > 0 && taken === part.amountMinor;
    return isRefunded
      ? { at, offset, amountMinor: 0 }
      : { ...part, amountMinor: part.amountMinor - taken };
  });
  const isFullyRefunded = refundedMinor > 0 && leftMinor === 0;
  const order: Order = {
    key: first.orderKey,
    at: first.at,
    counts: !isCancelled && !isFullyRefunded,
    isCancelled,
    remaining,
    refundExcessMinor: toRefund,
  };
  return first.channel === undefined ? order : { ...order, channel: first.channel };
}
