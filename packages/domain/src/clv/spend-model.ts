import { ln } from './elementary.ts';
import { digamma, logGamma } from './log-gamma.ts';
import type { Evaluation } from './minimise.ts';

/**
 * The Gamma-Gamma model of how much customers spend. Formulas: Fader and Hardie, "The Gamma-Gamma model of monetary value",
 * note of 2013 (www.brucehardie.com/notes/025); numbers in brackets are its equations.
 */
export interface SpendParameters {
  /** Shape of one customer's transactions. */
  readonly p: number;
  /** Shape of the customers' means. */
  readonly q: number;
  /** Their scale, in the unit of money of the histories. */
  readonly v: number;
}

export interface SpendHistory {
  /** How many transactions the mean is of. */
  readonly repeats: number;
  readonly meanSpend: number;
}

/**
 * Mean spend per transaction to expect of a customer (5): its own mean drawn towards that of the population, the more
 * the less is known of it. Null where the population has no finite mean (q at most 1) and nothing else is known.
 */
export function expectedSpend(
  { p, q, v }: SpendParameters,
  { repeats, meanSpend }: SpendHistory,
): number | null {
  const known = p * repeats + q - 1;
  return known > 0 ? (p * (v + repeats * meanSpend)) / known : null;
}

/** ln of the likelihood of the means of the customers with a repeat and a spend above zero (1a). */
export function logLikelihoodOfSpend(
  { p, q, v }: SpendParameters,
  histories: readonly SpendHistory[],
): Evaluation {
  let value = 0;
  const slope: [number, number, number] = [0, 0, 0];
  const lnGammaQ = logGamma(q);
  const digammaQ = digamma(q);
  const lnV = ln(v);
  for (const { repeats, meanSpend } of histories) {
    const px = p * repeats;
    const lnTotal = ln(repeats * meanSpend);
    const lnBoth = ln(v + repeats * meanSpend);
    value +=
      logGamma(px + q) -
      logGamma(px) -
      lnGammaQ +
      q * lnV +
      px * lnTotal -
      ln(meanSpend) -
      (px + q) * lnBoth;
    const digammaBoth = digamma(px + q);
    slope[0] += repeats * (digammaBoth - digamma(px) + lnTotal - lnBoth);
    slope[1] += digammaBoth - digammaQ + lnV - lnBoth;
    slope[2] += q / v - (px + q) / (v + repeats * meanSpend);
  }
  return { value, slope };
}
