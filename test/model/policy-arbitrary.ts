import type { Border, Dimension, Lifecycle, Policy, Segment } from '@strata/domain';
import fc from 'fast-check';

import { days, dimensionsArbitrary, stretchedDimension } from './dimension-arbitrary.ts';

export const LADDER = ['bronze', 'silver', 'gold', 'platinum'];

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

const lifecycle = fc.record({
  minimumStayMs: days(0, 0, 4, 15),
  graceMs: days(0, 3, 7),
  softLanding: fc.constantFrom('one', 'target', 'base'),
  qualification: fc.oneof(
    { weight: 4, arbitrary: fc.constant('rolling' as const) },
    { weight: 3, arbitrary: fc.constantFrom('calendar', 'join_anniversary', 'tier_anniversary') },
  ),
  atRiskNoticeMs: fc.option(days(0, 2, 5), { freq: 2 }),
  onCorrection: fc.constantFrom('withdraw', 'withdraw', 'withdraw', 'keep'),
});

/** Of several names the clocks are put forward and back. */
const timeZone = fc.constantFrom(
  'UTC',
  'Asia/Shanghai',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
);

export const policyArbitrary: fc.Arbitrary<Policy> = fc
  .record({ dimensions: dimensionsArbitrary, shares: borderShares, segments, timeZone, lifecycle })
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

/** Attributes overlap, so that the order in the set decides; some customers are graded by nobody. */
const populations: fc.Arbitrary<readonly Policy['appliesTo'][]> = fc.constantFrom(
  ['existing'],
  ['existing'],
  ['prospects', 'existing'],
  ['existing', 'prospects', { attribute: 'segment', in: ['retail'] }],
  [
    { attribute: 'segment', in: ['retail', 'bank'] },
    { attribute: 'region', in: ['east'] },
  ],
  [{ attribute: 'region', in: ['east'] }, 'prospects'],
);

/** Policies published together: each grades by its own dimensions and along its own ladder. */
export const policySetArbitrary: fc.Arbitrary<readonly Policy[]> = populations.chain((all) =>
  fc.tuple(...all.map(() => policyArbitrary)).map((policies) =>
    policies.map((policy, index) => ({
      ...policy,
      name: `policy ${index + 1}`,
      appliesTo: all[index] ?? 'existing',
      lifecycle: lifecycleFor(all[index], policy.lifecycle),
    })),
  ),
);

/** Who never bought has no anniversary of having joined. */
function lifecycleFor(
  appliesTo: Policy['appliesTo'] | undefined,
  { qualification, ...rest }: Lifecycle,
): Lifecycle {
  const isWrong = appliesTo === 'prospects' && qualification === 'join_anniversary';
  return { ...rest, qualification: isWrong ? 'calendar' : qualification };
}

/** The same with every span so many times as long. */
export function stretched(policy: Policy, factor: number): Policy {
  const { minimumStayMs, graceMs, atRiskNoticeMs } = policy.lifecycle;
  return {
    ...policy,
    dimensions: policy.dimensions.map((it) => stretchedDimension(it, factor)),
    lifecycle: {
      ...policy.lifecycle,
      minimumStayMs: minimumStayMs * factor,
      graceMs: graceMs * factor,
      atRiskNoticeMs: atRiskNoticeMs === null ? null : atRiskNoticeMs * factor,
    },
  };
}
