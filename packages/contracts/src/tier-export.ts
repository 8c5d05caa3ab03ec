import type { Label } from '@strata/domain';
import { csvLine } from './csv-line.ts';
import { formatRfc3339 } from './rfc3339.ts';
import type { TierSnapshot } from './tier-snapshot.ts';

/** The columns of an export of all tiers, in their order; NDJSON has the same names. */
export const TIER_EXPORT_COLUMNS = [
  'customer_id',
  'tier',
  'tier_label_zh',
  'tier_label_en',
  'segment',
  'score',
  'since',
  'protected_until',
  'policy',
  'policy_version',
  'customer_seq',
  'effective_at',
] as const;
type TierExportColumn = (typeof TIER_EXPORT_COLUMNS)[number];

/** One customer for a CRM to import; null where there is nothing. */
export type TierExportRow = Readonly<Record<TierExportColumn, string | number | null>>;

export const TIER_EXPORT_CSV_HEADER = csvLine(TIER_EXPORT_COLUMNS);

/** `label`: of the tier, as the policy in force says it. */
export function tierExportRow(snapshot: TierSnapshot, label: Label | undefined): TierExportRow {
  const { since, protectedUntil } = snapshot;
  return {
    customer_id: snapshot.customerId,
    tier: snapshot.tier,
    tier_label_zh: label?.zh ?? null,
    tier_label_en: label?.en ?? null,
    segment: snapshot.segment,
    score: snapshot.score,
    since: since === null ? null : formatRfc3339(since),
    protected_until: protectedUntil === null ? null : formatRfc3339(protectedUntil),
    policy: snapshot.policy,
    policy_version: snapshot.policyVersion,
    customer_seq: snapshot.customerSeq,
    effective_at: formatRfc3339(snapshot.effectiveAt),
  };
}

export function tierExportCsvLine(row: TierExportRow): string {
  return csvLine(TIER_EXPORT_COLUMNS.map((column) => row[column]));
}
