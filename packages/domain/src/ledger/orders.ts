import type { Ledger, OrderPart, OrderVerdict, RefundEntry } from '../customer-state.ts';
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

/** Up to so many parts a look through all of them for each costs less than to group them. */
const FEW_PARTS = 16;

/** All orders of the ledger that have a part, by the places of their first parts. */
export function ordersOf(ledger: Ledger): readonly Order[] {
  const { parts, refunds, verdicts } = ledger;
  if (parts.length <= FEW_PARTS) return ordersOfFew(ledger);
  const refundsOf = Map.groupBy<Hash64 | null, RefundEntry>(refunds, keyOf);
  const verdictsOf = Map.groupBy(verdicts, keyOf);
  return [...Map.groupBy(parts, keyOf)].map(([key, own]) =>
    orderFrom(own, refundsOf.get(key) ?? [], verdictsOf.get(key) ?? []),
  );
}

function ordersOfFew({ parts, refunds, verdicts }: Ledger): readonly Order[] {
  const orders: Order[] = [];
  for (const { orderKey } of parts) {
    if (orders.some(({ key }) => key === orderKey)) continue;
    orders.push(
      orderFrom(
        aboutOrder(parts, orderKey),
        aboutOrder(refunds, orderKey),
        aboutOrder(verdicts, orderKey),
      ),
    );
  }
  return orders;
}

function aboutOrder<T extends { readonly orderKey: Hash64 | null }>(
  entries: readonly T[],
  key: Hash64,
): readonly T[] {
  return entries.length === 0 ? entries : entries.filter(({ orderKey }) => orderKey === key);
}

const keyOf = <T>({ orderKey }: { readonly orderKey: T }): T => orderKey;

/** The one order, or null when no part of it is known. */
export function orderOf(ledger: Ledger, key: Hash64): Order | null {
  const parts = ofOrder(ledger.parts, key);
  if (parts.length === 0) return null;
  return orderFrom(parts, ofOrder(ledger.refunds, key), ofOrder(ledger.verdicts, key));
}

/** Of an order's cancellations and reinstatements the largest (at, source, eventId) holds. */
function laterOf(a: OrderVerdict, b: OrderVerdict | undefined): OrderVerdict {
  if (b === undefined) return a;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  if (a.source !== b.source) return a.source > b.source ? a : b;
  return a.eventId > b.eventId ? a : b;
}

/** What the parts of one order, in the order of (at, offset), come to with its refunds and verdicts. */
function orderFrom(
  parts: readonly OrderPart[],
  refunds: readonly RefundEntry[],
  verdicts: readonly OrderVerdict[],
): Order {
  const first = parts[0] as OrderPart;
  const { orderKey: key, at, channel } = first;
  let refundedMinor = 0;
  for (const { amountMinor } of refunds) refundedMinor += amountMinor;
  let verdict: OrderVerdict | undefined;
  for (const it of verdicts) verdict = laterOf(it, verdict);
  const isCancelled = verdict?.isCancelled ?? false;
  const left =
    refundedMinor === 0 ? { remaining: parts, excessMinor: 0 } : less(parts, refundedMinor);
  const { remaining, excessMinor: refundExcessMinor } = left;
  const isFullyRefunded = refundedMinor > 0 && remaining.every((it) => it.amountMinor === 0);
  const counts = !isCancelled && !isFullyRefunded;
  const order: Order = { key, at, counts, isCancelled, remaining, refundExcessMinor };
  return channel === undefined ? order : { ...order, channel };
}

/** The parts less what was refunded, oldest first, and what was refunded beyond them. */
function less(
  parts: readonly OrderPart[],
  refundedMinor: number,
): { readonly remaining: readonly RemainingPart[]; readonly excessMinor: number } {
  let toRefund = refundedMinor;
  const remaining = parts.map((part): RemainingPart => {
    const taken = Math.min(toRefund, part.amountMinor);
    toRefund -= taken;
    if (taken === 0) return part;
    const { at, offset } = part;
    return taken === part.amountMinor
      ? { at, offset, amountMinor: 0 }
      : { ...part, amountMinor: part.amountMinor - taken };
  });
  return { remaining, excessMinor: toRefund };
}
