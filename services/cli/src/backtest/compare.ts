import { tierLabel } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { groupDigits } from '../progress.ts';
import { alignedLines, type PolicyReport, tierRows } from './report.ts';

export interface Comparison {
  /** Customers by their final tier under the first and the second policy. */
  readonly cells: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly customers: number;
  }[];
  /** Customers whose final tier has another name. */
  readonly moved: number;
}

export function compareReports(first: PolicyReport, second: PolicyReport): Comparison {
  const counts = new Map<string | null, Map<string | null, number>>();
  let moved = 0;
  for (const [customerId, from] of first.tiers) {
    const to = second.tiers.get(customerId) ?? null;
    if (from !== to) moved++;
    const row = counts.get(from) ?? new Map<string | null, number>();
    counts.set(from, row.set(to, (row.get(to) ?? 0) + 1));
  }
  const cells = tierRows(first).flatMap(({ tier: from }) =>
    tierRows(second).map(({ tier: to }) => ({
      from,
      to,
      customers: counts.get(from)?.get(to) ?? 0,
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
  const { cells, moved } = compareReports(first, second);
  const name = ({ policy }: PolicyReport): string => `${policy.name} v${policy.version}`;
  const label = (report: PolicyReport, tier: string | null): string =>
    tier === null ? texts.noTier : tierLabel(report.policy, tier, language);
  const columns = tierRows(second).map(({ tier }) => tier);
  const rows = tierRows(first).map(({ tier: from }) => [
    label(first, from),
    ...columns.map((to) => {
      const cell = cells.find((candidate) => candidate.from === from && candidate.to === to);
      return groupDigits(cell?.customers ?? 0);
    }),
  ]);
  return [
    `\n${texts.compared(name(first), name(second))}`,
    ...alignedLines([['', ...columns.map((to) => label(second, to))], ...rows]),
    texts.moved(groupDigits(moved), groupDigits(first.tiers.size)),
    '',
  ].join('\n');
}
