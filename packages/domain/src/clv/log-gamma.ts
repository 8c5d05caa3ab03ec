import { ln } from './elementary.ts';

/** Stirling's series is exact to the last digits from here on. */
const FAR = 15;
const HALF_LN_TWO_PI = 0.918_938_533_204_672_7;

/** B(2k) / (2k (2k - 1)) of Stirling's series for ln Gamma (Abramowitz and Stegun 1964, 6.1.41). */
const GAMMA_TERMS = [
  1 / 12,
  -1 / 360,
  1 / 1_260,
  -1 / 1_680,
  1 / 1_188,
  -691 / 360_360,
  1 / 156,
] as const;
/** B(2k) / 2k of the series for its derivative (6.3.18). */
const DIGAMMA_TERMS = [
  1 / 12,
  -1 / 120,
  1 / 252,
  -1 / 240,
  1 / 132,
  -691 / 32_760,
  1 / 12,
] as const;

/** ln Gamma(x) for x above zero: carried up by Gamma(x + 1) = x Gamma(x), then Stirling's series. */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  for (; shifted < FAR; shifted++) product *= shifted;
  const series = seriesOf(GAMMA_TERMS, shifted) * shifted;
  return (shifted - 0.5) * ln(shifted) - shifted + HALF_LN_TWO_PI + series - ln(product);
}

/** The derivative of ln Gamma(x), for x above zero. */
export function digamma(x: number): number {
  let shifted = x;
  let carried = 0;
  for (; shifted < FAR; shifted++) carried += 1 / shifted;
  return ln(shifted) - 0.5 / shifted - seriesOf(DIGAMMA_TERMS, shifted) - carried;
}

/** Sum of term k times x^(-2k), k from 1. */
function seriesOf(terms: readonly number[], x: number): number {
  const step = 1 / (x * x);
  let sum = 0;
  for (let k = terms.length - 1; k >= 0; k--) sum = (sum + (terms[k] as number)) * step;
  return sum;
}
