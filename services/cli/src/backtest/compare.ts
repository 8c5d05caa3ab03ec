import type { Language } from '../language.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { policyNames } from '../policy-names.ts';
import { groupDigits } from '../progress.ts';
import { alignedLines, type PolicyReport, rowLabel } from './report.ts';
import { placeKey, placeOf, type TierRow, tierRows } from './tier-rows.ts';

export interface Comparison {
  /** Customers by their final tier under the first and the second policy set. */
  readonly cells: readonly {
    readonly fromPolicy: string | null;
    readonly from: string | null;
    readonly toPolicy: string | null;
    readonly to: string | null;
    readonly customers: number;
  }[];
  /** Customers whose final tier has another name. */
  readonly moved: number;
}

export function compareReports(first: PolicyReport, second: PolicyReport): Comparison {
  const { counts, moved } = counted(first, second);
  const cells = rowsOf(first).flatMap((from) =>
    rowsOf(second).map((to) => ({
      fromPolicy: from.policy?.name ?? null,
      from: from.tier,
      toPolicy: to.policy?.name ?? null,
      to: to.tier,
      customers: customersIn(counts, from, to),
    })),
  );
  return { cells, moved };
}

export function comparisonText(
  first: PolicyReport,
  second: PolicyReport,
  language: Language,
): string {
  const texts = backtestTexts(language);
  const { counts, moved } = counted(first, second);
  const columns = rowsOf(second);
  const rows = rowsOf(first).map((from) => [
    rowLabel(first.set, from, language),
    ...columns.map((to) => groupDigits(customersIn(counts, from, to))),
  ]);
  return [
    `\n${texts.compared(policyNames(first.set, language), policyNames(second.set, language))}`,
    ...alignedLines([['', ...columns.map((to) => rowLabel(second.set, to, language))], ...rows]),
    texts.moved(groupDigits(moved), groupDigits(first.tiers.size)),
    '',
  ].join('\n');
}

/** By the place under the first set, then under the second. */
type PairCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

function counted(
  first: PolicyReport,
  second: PolicyReport,
): { readonly counts: PairCounts; readonly moved: number } {
  const counts = new Map<string, Map<string, number>>();
  let moved = 0;
  for (const [customerId, from] of first.tiers) {
    const to = second.tiers.get(customerId) ?? null;
    if (from?.tier !== to?.tier) moved++;
    const row = counts.get(placeKey(from)) ?? new Map<string, number>();
    counts.set(placeKey(from), row.set(placeKey(to), (row.get(placeKey(to)) ?? 0) + 1));
  }
  return { counts, moved };
}

function customersIn(counts: PairCounts, from: TierRow, to: TierRow): number {
  return counts.get(placeKey(placeOf(from)))?.get(placeKey(placeOf(to))) ?? 0;
}

function rowsOf({ set, tiers }: PolicyReport): readonly TierRow[] {
  return tierRows(set, tiers);
}
