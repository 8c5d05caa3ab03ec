import { exp, ln } from './elementary.ts';
import { minimise, type Objective } from './minimise.ts';
import { groupsOf, type HistoryGroup, logLikelihood } from './purchase-likelihood.ts';
import type { PurchaseHistory, PurchaseParameters } from './purchase-model.ts';
import { logLikelihoodOfSpend, type SpendHistory, type SpendParameters } from './spend-model.ts';

/** `not-enough-data`: fewer than `REPEATERS_MIN` came back. `did-not-converge`: the likelihood has no top within reason. */
export const FIT_FAILURES = ['not-enough-data', 'did-not-converge'] as const;
export type FitFailure = (typeof FIT_FAILURES)[number];

export type Fit<Parameters> =
  | { readonly isFitted: true; readonly parameters: Parameters; readonly logLikelihood: number }
  | { readonly isFitted: false; readonly why: FitFailure };

/** A parameter a million times larger or smaller than its scale is on its way to infinity or zero. */
const EDGE = ln(1e6);
/** Each model has fewer parameters than this; with fewer customers who came back they would be read from noise. */
export const REPEATERS_MIN = 10;

/** The parameters under which the histories are most likely, in the histories' unit of time. */
export function fitPurchases(histories: Iterable<PurchaseHistory>): Fit<PurchaseParameters> {
  const groups = groupsOf(histories);
  const customers = groups.reduce((sum, it) => sum + it.customers, 0);
  const isRepeater = ({ repeats }: HistoryGroup): boolean => repeats > 0;
  const repeaters = groups.filter(isRepeater).reduce((sum, it) => sum + it.customers, 0);
  const time = groups.reduce((sum, it) => sum + it.observed * it.customers, 0) / customers;
  if (repeaters < REPEATERS_MIN || !(time > 0)) return { isFitted: false, why: 'not-enough-data' };
  return fitted(
    { start: [0.5, time / 4, 1, 2], scales: [1, time, 1, 1], members: customers },
    ([r = 0, alpha = 0, a = 0, b = 0]) => ({ r, alpha, a, b }),
    (model) => logLikelihood(model, groups),
  );
}

/** The same for the mean spends of those who came back and spent something, in their unit of money. */
export function fitSpend(histories: Iterable<SpendHistory>): Fit<SpendParameters> {
  const spenders = [...histories]
    .filter((it) => it.repeats > 0 && it.meanSpend > 0)
    .sort((x, y) => x.repeats - y.repeats || x.meanSpend - y.meanSpend);
  if (spenders.length < REPEATERS_MIN) return { isFitted: false, why: 'not-enough-data' };
  const money = spenders.reduce((sum, it) => sum + it.meanSpend, 0) / spenders.length;
  const fit = fitted(
    { start: [2, 2, money], scales: [1, 1, money], members: spenders.length },
    ([p = 0, q = 0, v = 0]) => ({ p, q, v }),
    (model) => logLikelihoodOfSpend(model, spenders),
  );
  // Without a mean of the population nothing can be expected of a customer who bought once.
  if (fit.isFitted && fit.parameters.q <= 1) return { isFitted: false, why: 'did-not-converge' };
  return fit;
}

interface Plan {
  readonly start: readonly number[];
  /** What each parameter is measured by, so that one edge fits all. */
  readonly scales: readonly number[];
  /** The mean over them is what is made small, so that one precision fits populations of all sizes. */
  readonly members: number;
}

/** Over the logarithms of the parameters, so that they stay above zero. */
function fitted<Parameters>(
  { start, scales, members }: Plan,
  parametersOf: (values: readonly number[]) => Parameters,
  likelihood: (model: Parameters) => ReturnType<Objective>,
): Fit<Parameters> {
  const valuesAt = (point: readonly number[]): readonly number[] =>
    point.map((it, i) => exp(it) * (scales[i] as number));
  const objective: Objective = (point) => {
    const values = valuesAt(point);
    const { value, slope } = likelihood(parametersOf(values));
    return {
      value: -value / members,
      slope: slope.map((it, i) => (-it * (values[i] as number)) / members),
    };
  };
  const from = start.map((it, i) => ln(it / (scales[i] as number)));
  const minimum = minimise(objective, from, EDGE);
  if (!minimum.isFound) return { isFitted: false, why: 'did-not-converge' };
  const parameters = parametersOf(valuesAt(minimum.point));
  return { isFitted: true, parameters, logLikelihood: -minimum.value * members };
}
