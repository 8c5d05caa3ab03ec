/** What a verification can find wrong, each with how often. */
export const FINDING_KINDS = [
  'not-begun',
  'other-fold-version',
  'other-partition-count',
  'hash-differs',
  'numbers-differ',
  'partition-state-differs',
  'customers-missing',
  'customers-extra',
  'customers-different',
  'customers-unreadable',
  'due-missing',
  'due-unknown',
  'outbox-broken',
  'outputs-missing',
  'outputs-different',
  'outputs-unknown',
  'tiers-stale',
  'tiers-missing',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Counts, and nobody's id: findings are logged and passed on. */
export type Findings = Map<FindingKind, number>;

export function found(findings: Findings, kind: FindingKind, count = 1): void {
  if (count > 0) findings.set(kind, (findings.get(kind) ?? 0) + count);
}
