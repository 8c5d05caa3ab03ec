import { DAY_MS } from '../instant.ts';
import type { Dimension, Policy, PolicySet, ThresholdStep } from '../policy/policy.ts';
import { aDimension, aLifecycle, aPolicy, aPolicySet } from './index.ts';

/** Policies that between them use every kind of dimension, border and qualification, in zones with and without DST. */

const rising = (...thresholds: readonly number[]): readonly ThresholdStep[] =>
  thresholds
    .map((milli, index) => ({ atLeastMilli: milli, pointsMilli: (index + 1) * 1_000 }))
    .toReversed();

const plain = { weightMilli: 1_000, capMilli: null, otherwiseMilli: 0 };

const RECENCY: Dimension = {
  ...plain,
  name: 'recency',
  of: 'recency',
  steps: [
    { withinMs: 14 * DAY_MS, pointsMilli: 3_000 },
    { withinMs: 45 * DAY_MS, pointsMilli: 2_000 },
    { withinMs: 120 * DAY_MS, pointsMilli: 1_000 },
  ],
};

const COMPLAINTS: Dimension = {
  ...plain,
  name: 'complaints',
  of: 'complaints',
  weightMilli: -500,
  windowMs: 60 * DAY_MS,
  perMilli: { low: 1_000, medium: 2_000, high: 4_000, critical: 8_000 },
  resolvedCountsMilli: 500,
  capMilli: 6_000,
  steps: [],
};

const POTENTIAL: Dimension = {
  ...plain,
  name: 'potential',
  of: 'potential',
  fitMilli: { industry: { steel: 1_000, glass: 400 } },
  engagement: { windowMs: 90 * DAY_MS, fullMilli: 5_000 },
  stagesMilli: { contacted: 300, quoted: 1_000 },
  steps: rising(5_000, 20_000, 60_000),
};

const CHANNEL_SHARE: Dimension = {
  ...plain,
  name: 'store',
  of: 'channel_share',
  windowMs: 180 * DAY_MS,
  channel: 'store',
  steps: rising(25_000, 60_000),
};

const TENURE: Dimension = {
  ...plain,
  name: 'tenure',
  of: 'tenure',
  steps: [{ atLeastMs: 200 * DAY_MS, pointsMilli: 1_000 }],
};

const WALLET: Dimension = {
  ...plain,
  name: 'wallet',
  of: 'share_of_wallet',
  steps: rising(200, 500),
};

const P_ALIVE: Dimension = {
  ...plain,
  name: 'alive',
  of: 'p_alive',
  minimumPopulation: 4,
  steps: rising(300, 600, 900),
};

const CLV: Dimension = {
  ...plain,
  name: 'value',
  of: 'clv',
  minimumPopulation: 4,
  horizonMs: 365 * DAY_MS,
  monthlyDiscountMilli: 10,
  steps: rising(20_000_000, 60_000_000),
};

const SHOPPERS = aPolicy({
  name: 'shoppers',
  timeZone: 'America/New_York',
  dimensions: [
    RECENCY,
    aDimension('orders'),
    aDimension('revenue', { windowMs: 90 * DAY_MS, steps: rising(10_000_000, 60_000_000) }),
    aDimension('purchase_days', { capMilli: 2_000 }),
    COMPLAINTS,
    aDimension('engagement', { windowMs: 40 * DAY_MS, weightMilli: 250 }),
    aDimension('referrals', { windowMs: 300 * DAY_MS, weightMilli: 500 }),
  ],
  borders: [
    { tier: 'silver', enterMilli: 4_500, leaveMilli: 3_500 },
    { tier: 'gold', enterMilli: 8_000, leaveMilli: 6_500 },
  ],
  segments: [{ name: 'fresh', label: {}, whenMilli: { recency: [3_000] } }],
  lifecycle: aLifecycle({
    minimumStayMs: 20 * DAY_MS,
    graceMs: 10 * DAY_MS,
    softLanding: 'one',
    atRiskNoticeMs: 7 * DAY_MS,
  }),
});

const RETAIL = aPolicy({
  name: 'retail',
  appliesTo: { attribute: 'segment', in: ['retail'] },
  timeZone: 'Europe/Berlin',
  dimensions: [
    aDimension('average_order', { windowMs: 180 * DAY_MS, steps: rising(8_000_000, 15_000_000) }),
    aDimension('feedback', { windowMs: 180 * DAY_MS, steps: rising(40_000, 80_000) }),
    aDimension('satisfaction', { windowMs: 180 * DAY_MS, steps: rising(40_000, 80_000) }),
    aDimension('categories', { windowMs: 120 * DAY_MS }),
    aDimension('channels', { windowMs: 120 * DAY_MS }),
    CHANNEL_SHARE,
    TENURE,
    WALLET,
  ],
  borders: [
    { tier: 'silver', enterMilli: 5_000, leaveMilli: 4_000 },
    { tier: 'gold', enterMilli: 8_000, leaveMilli: 7_000 },
  ],
  lifecycle: aLifecycle({ qualification: 'join_anniversary', softLanding: 'base' }),
});

const BANK = aPolicy({
  name: 'bank',
  appliesTo: { attribute: 'segment', in: ['bank'] },
  timeZone: 'Asia/Shanghai',
  dimensions: [
    P_ALIVE,
    CLV,
    {
      ...aDimension('revenue', { name: 'rank', windowMs: 365 * DAY_MS, steps: [] }),
      quantiles: { buckets: 4, ties: 'rank', minimumPopulation: 4 },
    },
  ],
  borders: [],
  shares: [
    { tier: 'silver', of: 'population', shareMilli: 600, minimumPopulation: 4 },
    { tier: 'gold', of: 'revenue', shareMilli: 500, minimumPopulation: 4 },
  ],
  lifecycle: aLifecycle({ graceMs: 5 * DAY_MS, onCorrection: 'keep' }),
});

const PROSPECTS = aPolicy({
  name: 'prospects',
  appliesTo: 'prospects',
  ladder: ['cold', 'warm'],
  dimensions: [POTENTIAL],
  borders: [{ tier: 'warm', enterMilli: 2_000, leaveMilli: 1_000 }],
});

const nextVersion = (policy: Policy, changes: Partial<Policy>): Policy => ({
  ...policy,
  version: policy.version + 1,
  ...changes,
});

export const CORPUS_SETS: readonly [PolicySet, PolicySet] = [
  aPolicySet(SHOPPERS, RETAIL, BANK, PROSPECTS),
  aPolicySet(
    nextVersion(SHOPPERS, { lifecycle: { ...SHOPPERS.lifecycle, qualification: 'calendar' } }),
    nextVersion(RETAIL, {
      lifecycle: { ...RETAIL.lifecycle, qualification: 'tier_anniversary' },
    }),
    BANK,
    PROSPECTS,
  ),
];
