import { exp, lnOnePlus } from './elementary.ts';
import {
  Expectation,
  type PurchaseHistory,
  type PurchaseParameters,
  probabilityAlive,
} from './purchase-model.ts';
import { expectedSpend, type SpendHistory, type SpendParameters } from './spend-model.ts';

/** How far ahead a value looks and what a later month is worth, in the model's unit of time. */
export interface Outlook {
  readonly horizon: number;
  /** Length of a month in the model's unit of time: there is no default, for a wrong unit gives a wrong value silently. */
  readonly month: number;
  /** What a month takes off: 0.01 for one hundredth. */
  readonly monthlyDiscount: number;
}

/** An instant ahead, and how much more a purchase before it is worth than one right after it. */
export interface DiscountStep {
  readonly ahead: number;
  readonly weight: number;
}

/**
 * Purchases of a month are discounted as of its end, those of a last part of a month as of the horizon. Summed by parts, so
 * that the value is a sum of expectations up to an instant with positive weights: it falls while nothing happens.
 */
export function discountSteps({
  horizon,
  month,
  monthlyDiscount,
}: Outlook): readonly DiscountStep[] {
  const worthAt = (ahead: number): number => exp((-ahead / month) * lnOnePlus(monthlyDiscount));
  const ends: number[] = [];
  for (let k = 1; k * month < horizon; k++) ends.push(k * month);
  ends.push(horizon);
  return ends.map((ahead, i) => {
    const next = ends[i + 1];
    return { ahead, weight: worthAt(ahead) - (next === undefined ? 0 : worthAt(next)) };
  });
}

export interface ValueModels {
  readonly purchases: PurchaseParameters;
  readonly spend: SpendParameters;
}

/** What a customer is worth: the discounted purchases to expect, times its expected mean spend. Null without the latter. */
export function lifetimeValue(
  models: ValueModels,
  history: PurchaseHistory & SpendHistory,
  steps: readonly DiscountStep[],
): number | null {
  return valueByTime(models, history, steps)?.(history.observed) ?? null;
}

/** The same as a function of how long the customer has been observed, while nothing happens. It falls. */
export function valueByTime(
  { purchases, spend }: ValueModels,
  history: Omit<PurchaseHistory, 'observed'> & SpendHistory,
  steps: readonly DiscountStep[],
): ((observed: number) => number) | null {
  const spendPerPurchase = expectedSpend(spend, history);
  if (spendPerPurchase === null) return null;
  const expectation = new Expectation(purchases, history.repeats);
  return (observed) => {
    let ahead = 0;
    for (const step of steps) ahead += step.weight * expectation.whileAlive(observed, step.ahead);
    return spendPerPurchase * probabilityAlive(purchases, { ...history, observed }) * ahead;
  };
}
