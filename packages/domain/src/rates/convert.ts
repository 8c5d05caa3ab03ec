import { currencyExponent } from '../currency.ts';
import type { CustomerEvent, Money } from '../customer-event.ts';
import { DAY_MS } from '../instant.ts';
import { type Rates, rateAt } from './rates.ts';

/** What an amount was before it was converted, and by what. */
export interface OriginalAmount extends Money {
  readonly rate: string;
  /** The day of the rate, in days since 1970-01-01. */
  readonly rateDay: number;
}

/** An amount in the base currency; `original` is absent where it was in it already. */
export interface BaseAmount {
  readonly amountMinor: number;
  readonly original?: OriginalAmount;
}

/** More cannot be counted exactly, nor carried as a number by every format. */
const AMOUNT_MINOR_MAX = 9_000_000_000_000_000;

/** In the base currency by the rates of the event's UTC day; null where there is no rate, or no number for the result. */
export function inBaseCurrency(
  event: Pick<CustomerEvent, 'occurredAt'> & { readonly amount: Money },
  baseCurrency: string,
  rates: Rates,
): BaseAmount | null {
  const { amount, occurredAt } = event;
  if (amount.currency === baseCurrency) return { amountMinor: amount.minor };
  const pair = { from: amount.currency, to: baseCurrency };
  const found = rateAt(rates, pair, Math.floor(occurredAt / DAY_MS));
  if (found === null) return null;
  const amountMinor = converted(amount, baseCurrency, found.rate);
  if (amountMinor === null) return null;
  const { minor, currency } = amount;
  return { amountMinor, original: { minor, currency, rate: found.rate, rateDay: found.day } };
}

/** minor x rate x 10^(digits of the base - digits of the other), rounded once, half to even; null beyond what counts. */
export function converted(amount: Money, baseCurrency: string, rate: string): number | null {
  const [whole = '', fraction = ''] = rate.split('.');
  const shift =
    (currencyExponent(baseCurrency) ?? 0) -
    (currencyExponent(amount.currency) ?? 0) -
    fraction.length;
  const product = BigInt(amount.minor) * BigInt(whole + fraction);
  const exact =
    shift >= 0 ? product * 10n ** BigInt(shift) : divideHalfEven(product, 10n ** BigInt(-shift));
  return exact > BigInt(AMOUNT_MINOR_MAX) ? null : Number(exact);
}

/** Of a dividend that is not negative. */
function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const floor = dividend / divisor;
  const twiceRest = (dividend - floor * divisor) * 2n;
  const isUp = twiceRest > divisor || (twiceRest === divisor && floor % 2n === 1n);
  return isUp ? floor + 1n : floor;
}
