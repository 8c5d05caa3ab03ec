import { type Border, DAY_MS, type Dimension, type Policy, type Segment } from '@strata/domain';
import fc from 'fast-check';

/** Few and short spans, so that edges, ends of grace and notices often meet in one instant. */
const days = (...choices: number[]): fc.Arbitrary<number> =>
  fc.constantFrom(...choices.map((it) => it * DAY_MS));
const points = fc.constantFrom(0, 1_000, 2_000, 3_000, 5_000, 1_500);
const weight = fc.constantFrom(10_000, 20_000, 33_333, 40_000, 500, -15_000);
const window = days(5, 10, 20, 30);

const descending = (values: readonly number[]): number[] =>
  [...new Set(values)].sort((a, b) => b - a);

/** Better values give better points, as a manager would write it. */
function stepsOf(thresholds: readonly number[], given: readonly number[]) {
  const atLeast = descending(thresholds);
  const best = [...given].sort((a, b) => b - a);
  return atLeast.map((it, i) => ({ atLeastMilli: it * 1_000, pointsMilli: best[i] ?? 0 }));
}

const base = {
  weightMilli: weight,
  capMilli: fc.option(fc.constantFrom(3_000, 4_500, 0), { freq: 4 }),
  otherwiseMilli: fc.constantFrom(0, 0, 1_000),
};
const fourPoints = fc.array(points, { minLength: 4, maxLength: 4 });

const recency = fc
  .record({
    ...base,
    within: fc.uniqueArray(days(3, 7, 14, 25), { minLength: 1 }),
    best: fourPoints,
  })
  .map(({ within, best, ...rest }): Dimension => {
    const sorted = [...best].sort((a, b) => b - a);
    const steps = [...within]
      .sort((a, b) => a - b)
      .map((withinMs, i) => ({ withinMs, pointsMilli: sorted[i] ?? 0 }));
    return { ...rest, name: 'recency', of: 'recency', steps };
  });

function counting(of: 'orders' | 'purchase_days' | 'revenue' | 'engagement', most: number) {
  return fc
    .record({
      ...base,
      windowMs: window,
      thresholds: fc.array(fc.integer({ min: 1, max: most }), { maxLength: 3 }),
      best: fourPoints,
    })
    .map(({ thresholds, best, ...rest }): Dimension => {
      // Uncapped revenue as points would drown everything else.
      const capMilli = thresholds.length === 0 && rest.capMilli === null ? 5_000 : rest.capMilli;
      return { ...rest, capMilli, name: of, of, steps: stepsOf(thresholds, best) };
    });
}

const complaints = fc
  .record({
    ...base,
    weightMilli: fc.constantFrom(-15_000, -20_000, -7_777),
    windowMs: window,
    perMilli: fc.constant({ low: 1_000, medium: 2_000, high: 4_000, critical: 8_001 }),
    resolvedCountsMilli: fc.constantFrom(500, 0, 1_000, 333),
    hasSteps: fc.boolean(),
  })
  .map(({ hasSteps, ...rest }): Dimension => {
    const steps = hasSteps ? stepsOf([1, 3], [4_000, 2_000]) : [];
    return { ...rest, name: 'complaints', of: 'complaints', steps };
  });

const dimensions = fc
  .record({
    recency: fc.option(recency, { freq: 3 }),
    orders: fc.option(counting('orders', 4), { freq: 3 }),
    purchaseDays: fc.option(counting('purchase_days', 3), { freq: 1 }),
    revenue: fc.option(counting('revenue', 400), { freq: 2 }),
    complaints: fc.option(complaints, { freq: 2 }),
    engagement: fc.option(counting('engagement', 4), { freq: 1 }),
  })
  .map((all) => Object.values(all).filter((it): it is Dimension => it !== null))
  .filter((all) => all.length > 0);

const LADDER = ['bronze', 'silver', 'gold', 'platinum'];

/** Shares of the best possible score, so that borders lie where scores move. */
const borderShares = fc.array(
  fc.record({ rise: fc.integer({ min: 8, max: 40 }), gap: fc.constantFrom(0, 0, 5, 15) }),
  { minLength: 1, maxLength: 3 },
);

function bordersOf(
  shares: readonly { readonly rise: number; readonly gap: number }[],
  best: number,
): Border[] {
  const borders: Border[] = [];
  let share = 0;
  let lastLeaveMilli = Number.NEGATIVE_INFINITY;
  for (const [i, { rise, gap }] of shares.entries()) {
    share += rise;
    const enterMilli = Math.max(1, Math.round((Math.min(share, 95 + i) * best) / 100));
    const leaveMilli = Math.max(enterMilli - Math.round((gap * best) / 100), lastLeaveMilli + 1);
    lastLeaveMilli = Math.min(leaveMilli, enterMilli);
    borders.push({ tier: LADDER[i + 1] as string, enterMilli, leaveMilli: lastLeaveMilli });
  }
  return borders;
}

/** In thousandths; what cannot be known beforehand, as uncapped points, is taken as 5. */
function bestScoreMilli(all: readonly Dimension[]): number {
  let best = 0;
  for (const dimension of all) {
    if (dimension.weightMilli < 0) continue;
    const most = Math.max(dimension.otherwiseMilli, ...dimension.steps.map((it) => it.pointsMilli));
    const pointsMilli = Math.min(
      dimension.steps.length === 0 ? 5_000 : most,
      dimension.capMilli ?? 5_000,
    );
    best += (dimension.weightMilli * pointsMilli) / 1_000;
  }
  return Math.max(1_000, Math.round(best));
}

const segments: fc.Arbitrary<Segment[]> = fc.constantFrom(
  [],
  [
    { name: 'champions', label: {}, whenMilli: { recency: [5_000, 3_000], orders: [5_000] } },
    { name: 'frequent', label: {}, whenMilli: { orders: [2_000, 3_000] } },
    { name: 'others', label: {}, whenMilli: {} },
  ],
);

export const policyArbitrary: fc.Arbitrary<Policy> = fc
  .record({
    dimensions,
    shares: borderShares,
    segments,
    timeZone: fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York'),
    lifecycle: fc.record({
      minimumStayMs: days(0, 0, 4, 15),
      graceMs: days(0, 3, 7),
      softLanding: fc.constantFrom('one', 'target', 'base'),
      qualification: fc.constant('rolling' as const),
      atRiskNoticeMs: fc.option(days(0, 2, 5), { freq: 2 }),
      onCorrection: fc.constantFrom('withdraw', 'withdraw', 'withdraw', 'keep'),
    }),
  })
  .map(({ shares, ...rest }) => ({
    ...rest,
    ladder: LADDER.slice(0, shares.length + 1),
    borders: bordersOf(shares, bestScoreMilli(rest.dimensions)),
    name: 'shop',
    version: 1,
    appliesTo: 'existing',
    baseCurrency: 'CNY',
    labels: {},
    treatment: {},
  }));
