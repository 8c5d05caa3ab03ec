import type { ProfileRow } from '@strata/domain';
import { expect, it } from 'vitest';
import { PROFILE_CSV_HEADER, profileCsvLine } from './profile-csv.ts';

const row: ProfileRow = {
  at: Date.UTC(2026, 0, 31),
  customerId: 'Lin, "tea"',
  policy: 'shop',
  tier: 'gold',
  segment: null,
  scoreMilli: 345_500,
  recencyDays: 3,
  orders: 12,
  purchaseDays: 11,
  revenueMinor: 300_000,
  complaints: 0.5,
  engagement: null,
  referrals: null,
  pAlive: null,
  clvMinor: null,
  nextCrossingAt: Date.UTC(2026, 2, 1, 2, 3, 4, 5),
};

it('has the columns of the contract, quotes where it must, and leaves empty what is not known', () => {
  expect(PROFILE_CSV_HEADER + profileCsvLine(row)).toBe(
    'at,customer_id,tier,segment,score,recency_days,orders,purchase_days,revenue_minor,complaints,engagement,referrals,p_alive,clv_minor,next_crossing_at\n' +
      '2026-01-31T00:00:00.000Z,"Lin, ""tea""",gold,,345.5,3,12,11,300000,0.5,,,,,2026-03-01T02:03:04.005Z\n',
  );
});
