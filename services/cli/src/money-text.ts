import { currencyExponent } from '@strata/domain';

/** 12345 minor units of CNY as `123.45 CNY`. */
export function moneyText(minor: number, currency: string): string {
  const exponent = currencyExponent(currency) ?? 2;
  return `${(minor / 10 ** exponent).toFixed(exponent)} ${currency}`;
}
