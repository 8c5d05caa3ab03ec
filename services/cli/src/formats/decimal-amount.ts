import { divideHalfEven } from '@strata/domain';

const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?$/;

/** A decimal number of a file as an integer and the digits behind its point: 2.55 is 255 with 2. */
export interface ExactDecimal {
  readonly digits: number;
  readonly scale: number;
}

/** Null for what is no decimal number, or has more digits than an integer holds exactly. */
export function exactDecimal(text: string): ExactDecimal | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const kept = fraction.replace(/0+$/, '');
  const digits = Number(whole + kept);
  if (!Number.isSafeInteger(digits)) return null;
  return { digits: sign === '-' && digits !== 0 ? -digits : digits, scale: kept.length };
}

/** An amount in minor units; null where it has more decimals than the currency. */
export function minorOf(amount: ExactDecimal, exponent: number): number | null {
  if (amount.scale > exponent) return null;
  const minor = amount.digits * 10 ** (exponent - amount.scale);
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Size of quantity x price in minor units, rounded half to even; null beyond what an integer holds exactly. */
export function productMinor(
  quantity: number,
  price: ExactDecimal,
  exponent: number,
): number | null {
  const digits = Math.abs(quantity) * Math.abs(price.digits);
  if (!Number.isSafeInteger(digits)) return null;
  if (price.scale <= exponent) return minorOf({ digits, scale: price.scale }, exponent);
  return divideHalfEven(digits, 10 ** (price.scale - exponent));
}
