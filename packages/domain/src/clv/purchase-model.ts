import { exp, ln, lnOnePlus, relativeExponential } from './elementary.ts';
import { logGamma } from './log-gamma.ts';

/**
 * The BG/NBD model of how often customers buy and when they stop. Formulas: Fader, Hardie and Lee, "Counting your customers
 * the easy way: an alternative to the Pareto/NBD model", Marketing Science 24(2), 2005, 275-284; numbers in brackets
 * are its equations. Written so that no value of a parameter is singular and nothing overflows.
 */
export interface PurchaseParameters {
  /** Shape of the rates of buying in the population. */
  readonly r: number;
  /** Their scale, in the unit of time of the histories. */
  readonly alpha: number;
  /** Shapes of the chances to stop after a purchase. */
  readonly a: number;
  readonly b: number;
}

/** What the model needs to know of one customer, in one unit of time. */
export interface PurchaseHistory {
  /** Transactions after the first one. */
  readonly repeats: number;
  /** From the first transaction to the last; at most `observed`. */
  readonly lastAfter: number;
  /** From the first transaction to now. */
  readonly observed: number;
}

/** Of somebody of whom nothing is known yet. */
const NEWCOMER: PurchaseHistory = { repeats: 0, lastAfter: 0, observed: 0 };

/** The chance that the customer has not stopped; 1 without a repeat, for stopping follows a purchase (from (3)). */
export function probabilityAlive(model: PurchaseParameters, history: PurchaseHistory): number {
  const { r, alpha, a, b } = model;
  const { repeats, lastAfter, observed } = history;
  if (repeats === 0) return 1;
  const silence = lnOnePlus((observed - lastAfter) / (alpha + lastAfter));
  return 1 / (1 + (a / (b + repeats - 1)) * exp((r + repeats) * silence));
}

/** Purchases to expect within `ahead` from now (10). */
export function expectedPurchases(
  model: PurchaseParameters,
  history: PurchaseHistory,
  ahead: number,
): number {
  return probabilityAlive(model, history) * expectedWhileAlive(model, history, ahead);
}

/** Purchases to expect of a random member of the population within `time` of its first one (9). */
export function expectedPurchasesOfNewcomer(model: PurchaseParameters, time: number): number {
  return expectedWhileAlive(model, NEWCOMER, time);
}

/** Equation (10) without its factor P(alive). */
export function expectedWhileAlive(
  model: PurchaseParameters,
  history: PurchaseHistory,
  ahead: number,
): number {
  return new Expectation(model, history.repeats).whileAlive(history.observed, ahead);
}

/**
 * Equation (10) without its factor P(alive), summed over the purchases to come: further purchase j + 1 happens if a customer
 * who never stops would make more than j, a negative binomial N, and it did not stop at any of those before,
 *
 *     sum over j >= 0 of P(N > j) (b + x)_j / (a + b + x)_j,   N of size r + x and chance z = t / (alpha + T + t).
 *
 * That is the paper's 2F1 without its pole at a = 1, and as all terms are positive no digit is ever lost. What does not
 * depend on times is kept from one answer to the next.
 */
export class Expectation {
  readonly #model: PurchaseParameters;
  readonly #repeats: number;
  /** By j: (b + x)_j / (a + b + x)_j, and (r + x + j) / (j + 1). */
  readonly #staying: number[] = [1];
  readonly #growth: number[] = [];

  constructor(model: PurchaseParameters, repeats: number) {
    this.#model = model;
    this.#repeats = repeats;
  }

  whileAlive(observed: number, ahead: number): number {
    if (!(ahead > 0)) return 0;
    const known = this.#model.alpha + observed;
    const z = ahead / (known + ahead);
    const lnNone = -(this.#model.r + this.#repeats) * lnOnePlus(ahead / known);
    const chances = new CountChances(lnNone);
    let more = -lnNone * relativeExponential(lnNone);
    let sum = 0;
    for (let j = 0; j < TERMS_MAX; j++) {
      if (j === this.#growth.length) this.#extend(j);
      const staying = this.#staying[j] as number;
      sum += more * staying;
      const ratio = (this.#growth[j] as number) * z;
      const chance = chances.next(ratio);
      more = Math.max(0, more - chance);
      // From here on every chance is at most `limit` times the one before.
      const limit = Math.max(z, ratio);
      if (limit < 1 && chance * staying <= PRECISION * sum * (1 - limit) ** 2) break;
    }
    return sum;
  }

  #extend(j: number): void {
    const { r, a, b } = this.#model;
    const shape = b + this.#repeats + j;
    this.#growth.push((r + this.#repeats + j) / (j + 1));
    this.#staying.push(((this.#staying[j] as number) * shape) / (a + shape));
  }
}

const PRECISION = 1e-16;
/** Reached only where the time ahead is some ten thousand times the time that is known. */
const TERMS_MAX = 1_000_000;
const LN_TINY = -600;

/** The chances of 1, 2, 3, ... purchases, each from the one before; those that are below any digit are zero. */
class CountChances {
  #ln: number;
  #chance: number;

  constructor(lnOfNone: number) {
    this.#ln = lnOfNone;
    this.#chance = lnOfNone < LN_TINY ? 0 : exp(lnOfNone);
  }

  next(ratio: number): number {
    if (this.#ln >= LN_TINY) this.#chance *= ratio;
    else {
      this.#ln += ln(ratio);
      if (this.#ln >= LN_TINY) this.#chance = exp(this.#ln);
    }
    return this.#chance;
  }
}

/** The chance of exactly `count` purchases within `time` of the first one, for a random member of the population (8). */
export function probabilityOfPurchases(
  { r, alpha, a, b }: PurchaseParameters,
  count: number,
  time: number,
): number {
  const z = time / (alpha + time);
  const lnZ = ln(z);
  const lnNone = -r * lnOnePlus(time / alpha);
  const lnCounted = (n: number): number =>
    logGamma(r + n) - logGamma(r) - logGamma(n + 1) + lnNone + (n === 0 ? 0 : n * lnZ);
  const lnBeta = (p: number, q: number): number => logGamma(p) + logGamma(q) - logGamma(p + q);
  const staying = exp(lnBeta(a, b + count) - lnBeta(a, b) + lnCounted(count));
  if (count === 0) return staying;
  const stopping = exp(lnBeta(a + 1, b + count - 1) - lnBeta(a, b));
  return staying + stopping * atLeast(count, (r * z) / (1 - z), (n) => exp(lnCounted(n)));
}

/** Summed from the side on which the smaller part lies, so that a small chance keeps its digits. */
function atLeast(count: number, mean: number, chanceOf: (n: number) => number): number {
  if (count <= mean) {
    let below = 0;
    for (let n = 0; n < count; n++) below += chanceOf(n);
    return 1 - below;
  }
  let sum = 0;
  for (let n = count; n < count + TERMS_MAX; n++) {
    const chance = chanceOf(n);
    sum += chance;
    if (chance <= PRECISION * sum) break;
  }
  return sum;
}
