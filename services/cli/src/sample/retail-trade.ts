import { SAMPLE_DAYS, SAMPLE_END, SAMPLE_START } from './sample-calendar.ts';
import type { Trade } from './trade.ts';

const LIFE = { joinDays: SAMPLE_DAYS - 150, endDay: SAMPLE_DAYS - 1 };

/** A department store with a club of its own: a few regulars, many who look in now and then. */
export const RETAIL_TRADE: Trade = {
  startAt: SAMPLE_START,
  endAt: SAMPLE_END,
  habits: [
    {
      share: 0.12,
      rhythm: { rateShape: 3, meanDaysBetweenOrders: 11, dropoutA: 0.5, dropoutB: 26, ...LIFE },
      medianMinor: 26_000,
    },
    {
      share: 0.33,
      rhythm: { rateShape: 2, meanDaysBetweenOrders: 30, dropoutA: 0.7, dropoutB: 9, ...LIFE },
      medianMinor: 15_000,
    },
    {
      share: 0.55,
      rhythm: { rateShape: 1, meanDaysBetweenOrders: 120, dropoutA: 0.9, dropoutB: 3, ...LIFE },
      medianMinor: 11_000,
    },
  ],
  channels: ['store', 'store', 'store', 'online', 'phone'],
  categories: ['clothing', 'home', 'food', 'beauty', 'gifts'],
  engagementKinds: ['visit', 'visit', 'tasting', 'workshop'],
  engagementsMax: 1,
  severities: ['low', 'low', 'low', 'medium', 'medium', 'high', 'critical'],
  lowestOpinion: 4,
  introduced: 0.4,
  attributes: { segment: ['retail'], region: ['east', 'south', 'north', 'west'] },
  secondPart: 0.04,
  refund: 0.04,
  cancellation: 0.01,
  complaint: 0.04,
  feedback: 0.1,
  referral: 0.015,
};
