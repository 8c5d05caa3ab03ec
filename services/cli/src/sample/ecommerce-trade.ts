import { SAMPLE_DAYS, SAMPLE_END, SAMPLE_START, sampleDay } from './sample-calendar.ts';
import type { Trade } from './trade.ts';

const LIFE = { joinDays: SAMPLE_DAYS - 90, endDay: SAMPLE_DAYS - 1 };

/** An online shop: many look, most buy once, much is sent back, and half the year's orders wait for a sale. */
export const ECOMMERCE_TRADE: Trade = {
  startAt: SAMPLE_START,
  endAt: SAMPLE_END,
  habits: [
    {
      share: 0.15,
      rhythm: { rateShape: 2, meanDaysBetweenOrders: 24, dropoutA: 0.6, dropoutB: 14, ...LIFE },
      medianMinor: 21_000,
    },
    {
      share: 0.85,
      rhythm: { rateShape: 1, meanDaysBetweenOrders: 75, dropoutA: 0.9, dropoutB: 1.8, ...LIFE },
      medianMinor: 9_000,
    },
  ],
  channels: ['app', 'app', 'mini-program', 'web'],
  categories: ['digital', 'clothing', 'home', 'food', 'beauty', 'books'],
  engagementKinds: ['view', 'view', 'favourite', 'cart', 'share'],
  engagementsMax: 2,
  severities: ['low', 'low', 'medium', 'medium', 'high'],
  lowestOpinion: 2,
  introduced: 0.1,
  attributes: { segment: ['consumer'], region: ['east', 'south', 'north', 'west'] },
  secondPart: 0.02,
  refund: 0.11,
  cancellation: 0.05,
  complaint: 0.04,
  feedback: 0.12,
  referral: 0.03,
  festivalDays: ['2024-06-18', '2024-11-11', '2025-06-18', '2025-11-11'].map(sampleDay),
};
