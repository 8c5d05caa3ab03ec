import { currencyExponent } from '@strata/domain';

/** 1234567 minor units of CNY as `12,345.67 CNY`. */
export function moneyText(minor: number, currency: string): string {
  const exponent = currencyExponent(currency) ?? 2;
  const [whole = '', fraction] = (minor / 10 ** exponent).toFixed(exponent).split('.');
  const digits = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${fraction === undefined ? digits : `${digits}.${fraction}`} ${currency}`;
}
