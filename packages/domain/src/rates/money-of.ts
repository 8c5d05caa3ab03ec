import type { CustomerEvent } from '../customer-event.ts';
import { type BaseAmount, inBaseCurrency } from './convert.ts';
import type { Rates } from './rates.ts';

/** What money an event brings into the ledger, or why it cannot be counted. */
export type EventMoney =
  | { readonly kind: 'none' }
  | { readonly kind: 'amount'; readonly amount: BaseAmount }
  /** No policy says yet in which currency things are counted. */
  | { readonly kind: 'no-policy' }
  | { readonly kind: 'no-rate'; readonly currency: string };

export function moneyOf(
  event: CustomerEvent,
  baseCurrency: string | null,
  rates: Rates,
): EventMoney {
  if (event.type !== 'purchase' && event.type !== 'refund') return { kind: 'none' };
  if (baseCurrency === null) return { kind: 'no-policy' };
  const amount = inBaseCurrency(event, baseCurrency, rates);
  return amount === null
    ? { kind: 'no-rate', currency: event.amount.currency }
    : { kind: 'amount', amount };
}
