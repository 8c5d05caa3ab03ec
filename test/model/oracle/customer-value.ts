import { DAY_MS, type Instant } from '@strata/domain';

import type { Clv, PAlive } from './grammar.ts';
import { type History, ordersOf } from './history.ts';

/**
 * P(alive) and CLV as Fader, Hardie and Lee (2005) and Fader and Hardie (2013) print them, term by term, in the floating
 * point of the language. It differs from any other way of computing them in the last digits: rounded values agree, the
 * instants at which they cross a border agree to `VALUE_CROSSING_MS`.
 */
export const VALUE_CROSSING_MS = 1_000;

/** One average month in days. */
const MONTH = 365.25 / 12;

/** In days and minor units. */
interface Transactions {
  readonly repeats: number;
  readonly lastAfter: number;
  readonly observed: number;
  /** Of the repeats; 0 without one. */
  readonly meanSpend: number;
}

/** Days of UTC on which an order that counts was made, at or before `at`; null without any. */
function transactionsAt(history: History, at: Instant): Transactions | null {
  const spendByDay = new Map<number, number>();
  for (const order of ordersOf(history)) {
    if (!order.counts || order.at > at) continue;
    const day = Math.floor(order.at / DAY_MS);
    const spend = order.parts.reduce((sum, part) => (part.at > at ? sum : sum + part.left), 0);
    spendByDay.set(day, (spendByDay.get(day) ?? 0) + spend);
  }
  if (spendByDay.size === 0) return null;
  const first = Math.min(...spendByDay.keys());
  const repeats = spendByDay.size - 1;
  let spendOfRepeats = 0;
  for (const [day, spend] of spendByDay) if (day !== first) spendOfRepeats += spend;
  return {
    repeats,
    lastAfter: Math.max(...spendByDay.keys()) - first,
    observed: (at - first * DAY_MS) / DAY_MS,
    meanSpend: repeats === 0 ? 0 : spendOfRepeats / repeats,
  };
}

/** In millionths, which are its last digits. */
export function pAliveAt(history: History, at: Instant, { model }: PAlive): bigint | null {
  const transactions = transactionsAt(history, at);
  if (transactions === null || model === null) return null;
  const { repeats: x, lastAfter, observed } = transactions;
  const { r, alpha, a, b } = model.purchases;
  if (x === 0) return 1_000_000n;
  const odds = (a / (b + x - 1)) * ((alpha + observed) / (alpha + lastAfter)) ** (r + x);
  return BigInt(Math.round(1_000_000 / (1 + odds)));
}

/** In millionths, of whole minor units. */
export function clvAt(history: History, at: Instant, dimension: Clv): bigint | null {
  const transactions = transactionsAt(history, at);
  const { model, horizonMs, monthlyDiscountMilli } = dimension;
  if (transactions === null || model === null || model.spend === null) return null;
  const { p, q, v } = model.spend;
  const { repeats: x, meanSpend } = transactions;
  const spend = (p * (v + x * meanSpend)) / (p * x + q - 1);
  const horizon = horizonMs / DAY_MS;
  let value = 0;
  let expectedBefore = 0;
  for (let month = 1; (month - 1) * MONTH < horizon; month++) {
    const end = Math.min(month * MONTH, horizon);
    const expected = purchasesWithin(end, transactions, model.purchases);
    const discount = (1 + monthlyDiscountMilli / 1_000) ** (end / MONTH);
    value += ((expected - expectedBefore) * spend) / discount;
    expectedBefore = expected;
  }
  return BigInt(Math.round(value)) * 1_000_000n;
}

/** Equation (10) of the paper: purchases to expect in the `t` days to come. */
function purchasesWithin(
  t: number,
  { repeats: x, lastAfter, observed: T }: Transactions,
  { r, alpha, a, b }: { r: number; alpha: number; a: number; b: number },
): number {
  const never = ((alpha + T) / (alpha + T + t)) ** (r + x);
  const series = hypergeometric(r + x, b + x, { c: a + b + x - 1, z: t / (alpha + T + t) });
  const over = ((a + b + x - 1) / (a - 1)) * (1 - never * series);
  if (x === 0) return over;
  return over / (1 + (a / (b + x - 1)) * ((alpha + T) / (alpha + lastAfter)) ** (r + x));
}

/** Gauss's 2F1(a, b; c; z), summed as it is defined until nothing more is added. */
function hypergeometric(a: number, b: number, { c, z }: { c: number; z: number }): number {
  let sum = 0;
  let term = 1;
  for (let j = 0; sum + term !== sum; j++) {
    sum += term;
    term *= ((a + j) * (b + j) * z) / ((c + j) * (j + 1));
  }
  return sum;
}
