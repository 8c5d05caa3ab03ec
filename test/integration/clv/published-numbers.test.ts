import { readFileSync } from 'node:fs';
import {
  discountSteps,
  expectedPurchases,
  expectedSpend,
  fitPurchases,
  fitSpend,
  groupsOf,
  lifetimeValue,
  logLikelihood,
  logLikelihoodOfSpend,
  probabilityAlive,
} from '@strata/domain';
import { describe, expect, it } from 'vitest';
import { dataPath, isDataMissing } from '../backtest/shared-data.ts';

/** The published numbers of BG/NBD and Gamma-Gamma, from the very data they were computed of. */
const SUMMARY = 'cdnow/cdnow_customers_summary_with_transactions.csv';
const SAMPLE = 'cdnow/CDNOW_sample.txt';
const EXAMPLE = 'lifetimes-example/example_transactions.csv';
const isMissing = [SUMMARY, SAMPLE, EXAMPLE].some((path) => isDataMissing(path));

const PUBLISHED = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const PUBLISHED_SPEND = { p: 6.25, q: 3.74, v: 15.44 };

interface Customer {
  readonly repeats: number;
  readonly lastAfter: number;
  readonly observed: number;
  readonly meanSpend: number;
}

/** Half of the last digit that was printed. */
const within = (actual: number, printed: number, tolerance: number): void =>
  expect(Math.abs(actual - printed)).toBeLessThanOrEqual(tolerance);

function linesOf(path: string): readonly string[] {
  return readFileSync(dataPath(path), 'utf8').trim().split(/\r?\n/);
}

/** Weeks with two decimals, as the papers and the library used them. */
function summary(): readonly Customer[] {
  return linesOf(SUMMARY)
    .slice(1)
    .map((line) => {
      const [, repeats = 0, lastAfter = 0, observed = 0, meanSpend = 0] = line
        .split(',')
        .map(Number);
      return { repeats, lastAfter, observed, meanSpend };
    });
}

interface Line {
  readonly id: string;
  readonly day: number;
  readonly spend: number;
}

/** One transaction a day, the first day is no repeat, time from the first day to `until`. */
function histories(
  lines: readonly Line[],
  { until, unitDays }: { readonly until: number; readonly unitDays: number },
): readonly Customer[] {
  return [...Map.groupBy(lines, (line) => line.id).values()].map((own) => {
    const days = [...Map.groupBy(own, (line) => line.day)].sort(([a], [b]) => a - b);
    const first = days[0]?.[0] ?? 0;
    const repeats = days.slice(1);
    const spent = repeats.flatMap(([, of]) => of).reduce((sum, it) => sum + it.spend, 0);
    return {
      repeats: repeats.length,
      lastAfter: ((days.at(-1)?.[0] ?? first) - first) / unitDays,
      observed: (until - first) / unitDays,
      meanSpend: repeats.length === 0 ? 0 : spent / repeats.length,
    };
  });
}

const dayOf = (date: string): number => Date.parse(date) / 86_400_000;

/** The 1/10 sample up to the end of the calibration period, in exact weeks. */
function sample(): readonly Customer[] {
  const until = dayOf('1997-09-30');
  const lines = linesOf(SAMPLE).map((line) => {
    const [, id = '', date = '', , dollars] = line.trim().split(/\s+/);
    const day = dayOf(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`);
    return { id, day, spend: Number(dollars) };
  });
  const calibration = lines.filter(({ day }) => day <= until);
  return histories(calibration, { until, unitDays: 7 });
}

const fitOf = (customers: readonly Customer[]) => {
  const purchases = fitPurchases(customers);
  const spend = fitSpend(customers);
  if (!purchases.isFitted || !spend.isFitted) throw new Error('no parameters');
  return { purchases, spend };
};

describe.skipIf(isMissing)('BG/NBD on CDNOW (Fader, Hardie and Lee 2005)', () => {
  it('finds the published parameters and likelihood', () => {
    const { purchases } = fitOf(summary());
    within(purchases.parameters.r, 0.243, 5e-4);
    within(purchases.parameters.alpha, 4.414, 5e-4);
    within(purchases.parameters.a, 0.793, 5e-4);
    within(purchases.parameters.b, 2.426, 5e-4);
    within(purchases.logLikelihood, -9582.425561, 5e-7);
  });

  it('gives the published likelihoods at the published parameters', () => {
    within(logLikelihood(PUBLISHED, groupsOf(summary())).value, -9582.426831, 5e-7);
    within(logLikelihood(PUBLISHED, groupsOf(sample())).value, -9582.430478, 5e-7);
  });

  it('finds the same from the log of orders in exact weeks', () => {
    const customers = sample();
    expect(customers).toHaveLength(2_357);
    expect(customers.filter((it) => it.repeats > 0)).toHaveLength(946);
    expect(customers.reduce((sum, it) => sum + it.repeats, 0)).toBe(2_457);
    const { purchases } = fitOf(customers);
    within(purchases.parameters.r, 0.242595, 1e-6);
    within(purchases.parameters.alpha, 4.413602, 5e-6);
    within(purchases.parameters.a, 0.792922, 1e-6);
    within(purchases.parameters.b, 2.425907, 5e-6);
    within(purchases.logLikelihood, -9582.429207, 5e-7);
  });

  it('predicts the next week and the chance to be alive as the quickstart of lifetimes does', () => {
    const customers = summary();
    const model = fitOf(customers).purchases.parameters;
    const customer = (id: number): Customer => customers[id - 1] as Customer;
    for (const [id, next] of [
      [509, 0.424877],
      [841, 0.474738],
      [1981, 0.486526],
      [157, 0.662396],
      [1516, 0.710623],
    ] as const) {
      within(expectedPurchases(model, customer(id), 1), next, 1e-6);
    }
    for (const [id, alive] of [
      [1, 0.72660915],
      [2, 0.21222741],
      [6, 0.6418006],
    ] as const) {
      within(probabilityAlive(model, customer(id)), alive, 1e-7);
    }
  });

  it('predicts the sample 39 weeks on as well as was published', () => {
    const customers = sample();
    const model = fitOf(customers).purchases.parameters;
    const sum = customers.reduce((total, it) => total + expectedPurchases(model, it, 39), 0);
    within(sum, 1653.4, 0.1);
  });
});

describe.skipIf(isMissing)('Gamma-Gamma on CDNOW (Fader and Hardie 2013)', () => {
  it('finds the published parameters and likelihood', () => {
    const { spend } = fitOf(sample());
    within(spend.parameters.p, 6.25, 5e-3);
    within(spend.parameters.q, 3.74, 5e-3);
    within(spend.parameters.v, 15.44, 5e-3);
    within(spend.logLikelihood, -4055.917695, 5e-7);
    const repeaters = sample().filter((it) => it.repeats > 0);
    within(logLikelihoodOfSpend(PUBLISHED_SPEND, repeaters).value, -4055.919232, 5e-7);
  });

  it('expects the published mean spends of the first ten customers, and of all', () => {
    const customers = summary();
    const model = fitOf(customers).spend.parameters;
    const expected = customers.map((it) => expectedSpend(model, it) ?? Number.NaN);
    for (const [index, printed] of [
      24.658619, 18.911489, 35.170981, 35.170981, 35.170981, 71.462843, 18.911489, 35.170981,
      27.282408, 35.170981,
    ].entries()) {
      // The published fit stopped a hair before the top of the likelihood: 35.170981, and 35.171002 at it.
      within(expected[index] ?? Number.NaN, printed, 2.5e-5);
    }
    within(expected.reduce((sum, it) => sum + it, 0) / expected.length, 35.2529588256, 1e-6);
  });
});

describe.skipIf(isMissing)('the value of the first customers of CDNOW', () => {
  const customers = isMissing ? [] : summary();
  const valuesWith = (month: number): readonly number[] => {
    const { purchases, spend } = fitOf(customers);
    const models = { purchases: purchases.parameters, spend: spend.parameters };
    const steps = discountSteps({ horizon: 12 * month, month, monthlyDiscount: 0.01 });
    return customers.slice(0, 6).map((it) => lifetimeValue(models, it, steps) ?? Number.NaN);
  };

  it('is that of 4.345 weeks a month', () => {
    const values = valuesWith(4.345);
    for (const [index, value] of [
      [0, 36.2785],
      [1, 4.6375],
      [2, 8.3441],
      [5, 283.5236],
    ] as const) {
      within(values[index] ?? Number.NaN, value, 5e-5);
    }
  });

  it('is the published table only if a month has 30 weeks: the trap of its unit', () => {
    const published = [140.096211, 18.943467, 38.180574, 38.180574, 38.180574, 1003.868107];
    for (const [index, value] of valuesWith(30).entries()) {
      within(value, published[index] ?? Number.NaN, 3e-5);
    }
    for (const [index, value] of valuesWith(365.25 / 12 / 7).entries()) {
      expect(value).toBeLessThan((published[index] ?? 0) / 3);
    }
  });
});

describe.skipIf(isMissing)(
  'the example log of the lifetimes library, in days to the end of 2014',
  () => {
    it('has the published parameters', () => {
      const lines = linesOf(EXAMPLE)
        .slice(1)
        .map((line) => {
          const [date = '', id = ''] = line.split(',');
          return { id, day: Math.floor(dayOf(date)), spend: 0 };
        });
      const customers = histories(lines, { until: dayOf('2014-12-31'), unitDays: 1 });
      const fit = fitPurchases(customers);
      if (!fit.isFitted) throw new Error(fit.why);
      within(fit.parameters.a, 1.850343, 2e-5);
      within(fit.parameters.alpha, 1.86428, 2e-5);
      within(fit.parameters.b, 3.181058, 2e-5);
      within(fit.parameters.r, 0.163851, 2e-6);
      within(fit.logLikelihood, -39_248.63, 5e-3);
    });
  },
);
