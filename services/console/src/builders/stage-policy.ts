import { DAY_MS, type Policy } from '@strata/domain';
import { aLifecycle, aPolicy } from '@strata/domain/builders';

/** Of the stages: four tiers by recency and orders. */
export const STAGE_POLICY: Policy = aPolicy({
  name: 'shop',
  version: 3,
  timeZone: 'Asia/Shanghai',
  ladder: ['bronze', 'silver', 'gold', 'platinum'],
  labels: {
    bronze: { zh: '普通客户', en: 'Bronze' },
    silver: { zh: '银牌客户', en: 'Silver' },
    gold: { zh: '金牌客户', en: 'Gold' },
    platinum: { zh: '白金客户', en: 'Platinum' },
  },
  dimensions: [
    {
      name: 'recency',
      of: 'recency',
      weightMilli: 30_000,
      capMilli: null,
      otherwiseMilli: 1_000,
      steps: [
        { withinMs: 14 * DAY_MS, pointsMilli: 5_000 },
        { withinMs: 30 * DAY_MS, pointsMilli: 4_000 },
        { withinMs: 90 * DAY_MS, pointsMilli: 3_000 },
      ],
    },
    {
      name: 'frequency',
      of: 'orders',
      windowMs: 365 * DAY_MS,
      weightMilli: 50_000,
      capMilli: null,
      otherwiseMilli: 1_000,
      steps: [
        { atLeastMilli: 12_000, pointsMilli: 5_000 },
        { atLeastMilli: 6_000, pointsMilli: 4_000 },
        { atLeastMilli: 3_000, pointsMilli: 3_000 },
      ],
    },
  ],
  borders: [
    { tier: 'silver', enterMilli: 220_000, leaveMilli: 200_000 },
    { tier: 'gold', enterMilli: 320_000, leaveMilli: 300_000 },
    { tier: 'platinum', enterMilli: 390_000, leaveMilli: 370_000 },
  ],
  lifecycle: aLifecycle({ graceMs: 14 * DAY_MS, softLanding: 'one', atRiskNoticeMs: 14 * DAY_MS }),
});
