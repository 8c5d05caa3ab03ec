import { DAY_MS, type Dimension, type WindowedDimension } from '@strata/domain';
import fc from 'fast-check';

/** Few and short spans, so that edges, ends of grace and notices often meet in one instant. */
export const days = (...choices: number[]): fc.Arbitrary<number> =>
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
  return atLeast.map((it, i) => ({
    atLeastMilli: Math.round(it * 1_000),
    pointsMilli: best[i] ?? 0,
  }));
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

type ByWindow = WindowedDimension['of'];

/** Thresholds are random multiples of `unit`. */
function byWindow(of: ByWindow, { most, unit = 1 }: { most: number; unit?: number }) {
  return fc
    .record({
      ...base,
      windowMs: window,
      thresholds: fc.array(fc.integer({ min: 1, max: most }), { maxLength: 3 }),
      best: fourPoints,
    })
    .map(({ thresholds, best, ...rest }): Dimension => {
      const steps = stepsOf(
        thresholds.map((it) => it * unit),
        best,
      );
      return { ...rest, capMilli: capOf(rest.capMilli, steps), name: of, of, steps };
    });
}

/** Uncapped revenue as points would drown everything else. */
const capOf = (capMilli: number | null, steps: readonly unknown[]): number | null =>
  steps.length === 0 && capMilli === null ? 5_000 : capMilli;

const channelShare = fc
  .record({
    ...base,
    windowMs: window,
    channel: fc.constantFrom('online', 'store'),
    thresholds: fc.array(fc.constantFrom(25, 33.333, 50, 66.667, 100), { maxLength: 3 }),
    best: fourPoints,
  })
  .map(({ thresholds, best, ...rest }): Dimension => {
    const steps = stepsOf(thresholds, best);
    const name = 'channel_share';
    return { ...rest, capMilli: capOf(rest.capMilli, steps), name, of: name, steps };
  });

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

const tenure = fc
  .record({
    ...base,
    reached: fc.uniqueArray(days(0, 4, 9, 21), { maxLength: 3 }),
    best: fourPoints,
  })
  .map(({ reached, best, ...rest }): Dimension => {
    const sorted = [...best].sort((a, b) => b - a);
    const steps = descending(reached).map((atLeastMs, i) => ({
      atLeastMs,
      pointsMilli: sorted[i] ?? 0,
    }));
    return { ...rest, capMilli: capOf(rest.capMilli, steps), name: 'tenure', of: 'tenure', steps };
  });

/** Each kind in a share of the policies, so that most have two or three. */
const sometimes = (percent: number, dimension: fc.Arbitrary<Dimension>) =>
  fc.oneof(
    { weight: 100 - percent, arbitrary: fc.constant(null) },
    { weight: percent, arbitrary: dimension },
  );

/** Of what the logs say: eighths of a wallet. */
const shareOfWallet = fc
  .record({
    ...base,
    thresholds: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
    best: fourPoints,
  })
  .map(({ thresholds, best, ...rest }): Dimension => {
    const steps = stepsOf(
      thresholds.map((it) => it / 8),
      best,
    );
    return { ...rest, name: 'wallet', of: 'share_of_wallet', steps };
  });

const potential = fc
  .record({
    ...base,
    factors: fc
      .record({
        fitMilli: fc.constantFrom(
          null,
          { segment: { bank: 1_000, retail: 333 }, region: { east: 600 } },
          { region: { west: 1_000 } },
        ),
        engagement: fc.option(
          fc.record({ windowMs: window, fullMilli: fc.constantFrom(1_000, 2_997) }),
        ),
        stagesMilli: fc.constantFrom(null, { lead: 200, quoted: 700, won: 1_000 }),
      })
      .filter((it) => Object.values(it).some((factor) => factor !== null)),
    thresholds: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
    best: fourPoints,
  })
  .map(({ thresholds, best, factors, ...rest }): Dimension => {
    const steps = stepsOf(
      thresholds.map((it) => it * 10),
      best,
    );
    return { ...rest, ...factors, name: 'potential', of: 'potential', steps };
  });

const pAlive = fc
  .record({
    ...base,
    thresholds: fc.uniqueArray(fc.constantFrom(0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97), {
      minLength: 1,
      maxLength: 3,
    }),
    best: fourPoints,
  })
  .map(({ thresholds, best, ...rest }): Dimension => {
    const steps = stepsOf(thresholds, best);
    return { ...rest, minimumPopulation: 1, name: 'alive', of: 'p_alive', steps };
  });

const clv = fc
  .record({
    ...base,
    horizonMs: days(20, 45, 90),
    monthlyDiscountMilli: fc.constantFrom(0, 10, 100),
    thresholds: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
    best: fourPoints,
  })
  .map(({ thresholds, best, ...rest }): Dimension => {
    const steps = stepsOf(
      thresholds.map((it) => it * 3),
      best,
    );
    return { ...rest, minimumPopulation: 1, name: 'value', of: 'clv', steps };
  });

const mixed = fc
  .tuple(
    sometimes(50, recency),
    sometimes(50, byWindow('orders', { most: 4 })),
    sometimes(25, byWindow('purchase_days', { most: 3 })),
    sometimes(40, byWindow('revenue', { most: 400 })),
    sometimes(30, complaints),
    sometimes(20, byWindow('engagement', { most: 4 })),
    sometimes(15, byWindow('referrals', { most: 2 })),
    sometimes(15, byWindow('average_order', { most: 8, unit: 33.25 })),
    sometimes(15, byWindow('feedback', { most: 7, unit: 14.286 })),
    sometimes(10, byWindow('satisfaction', { most: 10, unit: 10 })),
    sometimes(15, byWindow('categories', { most: 3 })),
    sometimes(10, byWindow('channels', { most: 3 })),
    sometimes(15, channelShare),
    sometimes(15, tenure),
    sometimes(15, shareOfWallet),
    sometimes(15, potential),
    sometimes(10, pAlive),
    sometimes(10, clv),
  )
  .map((all) => all.filter((it) => it !== null))
  .filter((all) => all.length > 0);

/** Now and then by models alone: among many dimensions they seldom decide. */
export const dimensionsArbitrary: fc.Arbitrary<readonly Dimension[]> = fc.oneof(
  { weight: 14, arbitrary: mixed },
  { weight: 2, arbitrary: pAlive.map((it) => [it]) },
  { weight: 1, arbitrary: clv.map((it) => [it]) },
);

/** The same with every span so many times as long. */
export function stretchedDimension(dimension: Dimension, factor: number): Dimension {
  if (dimension.of === 'recency') {
    const steps = dimension.steps.map((it) => ({ ...it, withinMs: it.withinMs * factor }));
    return { ...dimension, steps };
  }
  if (dimension.of === 'tenure') {
    const steps = dimension.steps.map((it) => ({ ...it, atLeastMs: it.atLeastMs * factor }));
    return { ...dimension, steps };
  }
  if (dimension.of === 'potential') {
    const { engagement } = dimension;
    return {
      ...dimension,
      engagement: engagement && { ...engagement, windowMs: engagement.windowMs * factor },
    };
  }
  if (dimension.of === 'clv') {
    return { ...dimension, horizonMs: Math.min(dimension.horizonMs * factor, 360 * DAY_MS) };
  }
  return 'windowMs' in dimension
    ? { ...dimension, windowMs: dimension.windowMs * factor }
    : dimension;
}
