import type { CustomerState, Ledger, OrderPart, RefundEntry } from '../customer-state.ts';
import type { Hash64 } from '../hash64.ts';
import { newestPartByOrder } from '../ledger/trim.ts';
import { inBaseCurrency } from './convert.ts';
import type { RateCorrection, Rates } from './rates.ts';

/** The corrections of rates that a customer has not passed yet. */
export function pendingCorrections(
  { corrections }: Rates,
  { ratesNumber = 0 }: CustomerState,
): readonly RateCorrection[] {
  return corrections.length === 0
    ? corrections
    : corrections.filter((it) => it.number > ratesNumber);
}

/**
 * A customer after a correction: what it covers is converted again, by its rates, from the original amounts. An order
 * that is to leave the ledger by then counts as it left, also where nothing has come since to trim it away.
 */
export function reconverted(
  state: CustomerState,
  correction: RateCorrection,
  { baseCurrency, ledgerHorizonMs }: { baseCurrency: string; ledgerHorizonMs: number },
): CustomerState {
  const oldest = Math.max(state.clock, correction.since) - 2 * ledgerHorizonMs;
  const newest = newestPartByOrder(state.ledger.parts);
  const hasLeft = (orderKey: Hash64 | null): boolean =>
    orderKey !== null && (newest.get(orderKey) ?? Infinity) <= oldest;
  const again = <T extends OrderPart | RefundEntry>(entry: T): T => {
    if (entry.original === undefined || hasLeft(entry.orderKey)) return entry;
    const event = { occurredAt: entry.at, amount: entry.original };
    const rates = { number: correction.number, series: correction.series, corrections: [] };
    const amount = inBaseCurrency(event, baseCurrency, rates);
    return amount === null ? entry : { ...entry, ...amount };
  };
  const { parts, refunds } = state.ledger;
  const isTouched = [...parts, ...refunds].some((it) => again(it) !== it);
  const ledger: Ledger = isTouched
    ? { ...state.ledger, parts: parts.map(again), refunds: refunds.map(again) }
    : state.ledger;
  return { ...state, ledger, ratesNumber: correction.number };
}
