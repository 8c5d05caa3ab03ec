import { divideHalfEven } from '@strata/domain';

/** A decimal number of a file as an integer and the digits behind its point: 2.55 is 255 with 2. */
export interface ExactDecimal {
  readonly digits: number;
  readonly scale: number;
}

/** How a file writes numbers. A group mark stands before every third digit or nowhere: 1,50 is no 150. */
export interface NumberMarks {
  readonly decimal: '.' | ',';
  readonly group: string | null;
}

/** Reads decimal numbers; null for what is none, or has more digits than an integer holds exactly. */
export function decimalReader({
  decimal,
  group,
}: NumberMarks): (text: string) => ExactDecimal | null {
  const point = decimal === '.' ? '\\.' : ',';
  const plain = new RegExp(`^(-?)(\\d+)(?:${point}(\\d*))?$`);
  const mark = group === null ? null : group.replace('.', '\\.');
  const grouped =
    mark === null ? null : new RegExp(`^(-?)(\\d{1,3}(?:${mark}\\d{3})+)(?:${point}(\\d*))?$`);
  return (text) => {
    const match = plain.exec(text) ?? grouped?.exec(text) ?? null;
    if (match === null) return null;
    const [, sign, written = '', fraction = ''] = match;
    const whole = group === null ? written : written.replaceAll(group, '');
    const kept = fraction.replace(/0+$/, '');
    const digits = Number(whole + kept);
    if (!Number.isSafeInteger(digits)) return null;
    return { digits: sign === '-' && digits !== 0 ? -digits : digits, scale: kept.length };
  };
}

/** An amount in minor units; null where it has more decimals than the currency. */
export function minorOf({ digits, scale }: ExactDecimal, exponent: number): number | null {
  if (scale > exponent) return null;
  const minor = digits * 10 ** (exponent - scale);
  return Number.isSafeInteger(minor) ? minor : null;
}

/** The amount rounded half to even; null beyond what an integer holds exactly. */
export function roundedMinorOf(amount: ExactDecimal, exponent: number): number | null {
  const { digits, scale } = amount;
  if (scale <= exponent) return minorOf(amount, exponent);
  const size = divideHalfEven(Math.abs(digits), 10 ** (scale - exponent));
  return digits < 0 && size !== 0 ? -size : size;
}

/** Quantity times price, exact; null beyond what an integer holds exactly. */
export function product(a: ExactDecimal, b: ExactDecimal): ExactDecimal | null {
  const digits = a.digits * b.digits;
  return Number.isSafeInteger(digits)
    ? { digits: digits === 0 ? 0 : digits, scale: a.scale + b.scale }
    : null;
}
