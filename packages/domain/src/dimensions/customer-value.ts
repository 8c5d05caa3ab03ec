import { discountSteps, type ValueModels, valueByTime } from '../clv/lifetime-value.ts';
import { type PurchaseParameters, probabilityAlive } from '../clv/purchase-model.ts';
import { observedDays, type TransactionLog } from '../clv/transactions.ts';
import { DAY_MS } from '../instant.ts';
import type { ClvDimension } from '../policy/policy.ts';
import { FallingCourse } from './falling.ts';
import type { Measure } from './measure.ts';
import { measureOf, type ValueRule } from './windowed.ts';

/** A twelfth of a Julian year, in the models' unit of time: days. */
export const MONTH_DAYS = 365.25 / 12;
const MICRO = 1_000_000;
const MILLI = 1_000;

/** The chance that the customer has not stopped buying, to 6 decimals. `model` is null until one is fitted. */
export function measurePAlive(
  rule: ValueRule,
  log: TransactionLog,
  model: PurchaseParameters | null,
): Measure {
  const course = new FallingCourse({
    log,
    steps: rule.steps,
    grain: 1,
    curveOf: (transactions) =>
      model === null
        ? null
        : (at) => {
            const observed = observedDays(transactions, at);
            return MICRO * probabilityAlive(model, { ...transactions, observed });
          },
  });
  return measureOf(rule, MICRO, course);
}

/** The discounted value of the purchases to come within the horizon, in whole minor units. */
export function measureClv(
  rule: ValueRule & Pick<ClvDimension, 'horizonMs' | 'monthlyDiscountMilli'>,
  log: TransactionLog,
  models: ValueModels | null,
): Measure {
  const months = discountSteps({
    horizon: rule.horizonMs / DAY_MS,
    month: MONTH_DAYS,
    monthlyDiscount: rule.monthlyDiscountMilli / MILLI,
  });
  const course = new FallingCourse({
    log,
    steps: rule.steps,
    grain: MILLI,
    curveOf: (transactions) => {
      const value = models === null ? null : valueByTime(models, transactions, months);
      return value && ((at) => MILLI * value(observedDays(transactions, at)));
    },
  });
  return measureOf(rule, MILLI, course);
}
