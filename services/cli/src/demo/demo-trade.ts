import type { Trade } from '../sample/trade.ts';
import { DEMO_DAYS, DEMO_END, DEMO_START } from './demo-calendar.ts';

/** The shop of the demo. */
export const DEMO_TRADE: Trade = {
  startAt: DEMO_START,
  endAt: DEMO_END,
  habits: [
    {
      share: 1,
      rhythm: {
        rateShape: 1.1,
        meanDaysBetweenOrders: 26,
        dropoutA: 0.9,
        dropoutB: 5.5,
        // The last newcomers still have four months to show what they are.
        joinDays: DEMO_DAYS - 120,
        endDay: DEMO_DAYS - 1,
      },
      medianMinor: 4_200,
    },
  ],
  channels: ['online', 'online', 'store', 'phone'],
  categories: ['tea', 'teaware', 'gifts', 'snacks'],
  engagementKinds: ['visit', 'visit', 'favourite', 'share'],
  engagementsMax: 2,
  severities: ['low', 'low', 'low', 'medium', 'medium', 'high', 'critical'],
  lowestOpinion: 3,
  introduced: 0.15,
  attributes: { segment: ['retail', 'wholesale'], region: ['east', 'south', 'north', 'west'] },
  secondPart: 0.06,
  refund: 0.035,
  cancellation: 0.025,
  complaint: 0.05,
  feedback: 0.07,
};
