import { csvLine, formatRfc3339, fromMilli } from '@strata/contracts';
import type { ProfileRow } from '@strata/domain';

/** The columns of `profiles`, live and in a backtest, in their order. */
export const PROFILE_COLUMNS = [
  'at',
  'customer_id',
  'tier',
  'segment',
  'score',
  'recency_days',
  'orders',
  'purchase_days',
  'revenue_minor',
  'complaints',
  'engagement',
  'referrals',
  'p_alive',
  'clv_minor',
  'next_crossing_at',
] as const;

export const PROFILE_CSV_HEADER = `${PROFILE_COLUMNS.join(',')}\n`;

/** One line of CSV (RFC 4180, LF); what is not available is empty. */
export function profileCsvLine(row: ProfileRow): string {
  const fields = [
    formatRfc3339(row.at),
    row.customerId,
    row.tier,
    row.segment,
    row.scoreMilli === null ? null : fromMilli(row.scoreMilli),
    row.recencyDays,
    row.orders,
    row.purchaseDays,
    row.revenueMinor,
    row.complaints,
    row.engagement,
    row.referrals,
    row.pAlive,
    row.clvMinor,
    row.nextCrossingAt === null ? null : formatRfc3339(row.nextCrossingAt),
  ];
  return csvLine(fields);
}
