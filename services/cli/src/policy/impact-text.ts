import { formatRfc3339 } from '@strata/contracts';
import {
  baseCurrencyOf,
  type FlowRow,
  type Instant,
  type MoveSummary,
  moveKind,
  type PolicySet,
  policyNamed,
  type TierPlace,
} from '@strata/domain';
import { percent } from '../backtest/percent.ts';
import type { Language } from '../language.ts';
import { catalogue } from '../messages/texts.ts';
import { moneyText } from '../money-text.ts';
import { tierLabelIn } from '../policy-names.ts';
import { groupDigits } from '../progress.ts';
import { tableText } from '../table-text.ts';

const texts = catalogue({
  en: {
    nobody: 'Nobody is known yet, so nobody moves.',
    head: (customers: string, at: string) =>
      `If it were in force now (${at}), of ${customers} customers:`,
    moved: (count: string, share: string) => `${count} (${share}) change their tier`,
    money: (amount: string, share: string) => `, with ${amount} (${share}) of the revenue`,
    kinds: (by: Readonly<Record<string, string>>) =>
      `${by['promoted']} promoted, ${by['demoted']} demoted, ${by['assigned']} assigned anew, ${by['released']} no longer graded`,
    held: (count: string) =>
      `${count} keep, for now, a tier that their score alone would not give (hysteresis, grace, minimum stay, period, override)`,
    told: (count: string, silent: string) =>
      `${count} tier changes are told, ${silent} of them as backfill, which subscriptions may leave out`,
    ungraded: 'no tier',
    matrix: 'Customers, now (rows) and then (columns):',
    flow: 'Who moves:',
    step: (from: string, to: string) => `${from} → ${to}`,
    row: (step: string, customers: string, money: string) =>
      `${step}: ${customers} customers, ${money}`,
    more: (count: string) => `... and ${count} more`,
  },
  zh: {
    nobody: '尚无任何客户，因此无人变动。',
    head: (customers: string, at: string) => `若现在（${at}）生效，${customers} 位客户中：`,
    moved: (count: string, share: string) => `${count} 位（${share}）等级变更`,
    money: (amount: string, share: string) => `，其收入合计 ${amount}（${share}）`,
    kinds: (by: Readonly<Record<string, string>>) =>
      `升级 ${by['promoted']}，下调 ${by['demoted']}，重新定级 ${by['assigned']}，不再定级 ${by['released']}`,
    held: (count: string) =>
      `${count} 位暂时保留评分本身达不到或已超过的等级（升降双门槛、宽限期、最短保持期、评估周期、人工调整）`,
    told: (count: string, silent: string) =>
      `将发出 ${count} 条等级变更，其中 ${silent} 条标为回填（订阅可以不接收）`,
    ungraded: '无等级',
    matrix: '客户数，现在（行）与之后（列）：',
    flow: '变动明细：',
    step: (from: string, to: string) => `${from} → ${to}`,
    row: (step: string, customers: string, money: string) =>
      `${step}：${customers} 位客户，${money}`,
    more: (count: string) => `……另有 ${count} 项`,
  },
});

/** Rows of the flow beyond the largest ones say little; the whole is in the JSON. */
const ROWS_MAX = 12;

export interface Impact {
  readonly at: Instant;
  /** Null before the first set. */
  readonly before: PolicySet | null;
  readonly after: PolicySet;
  readonly summary: MoveSummary;
}

/** Who would move, for who has to answer for it. */
export function impactText(impact: Impact, language: Language): string {
  const words = texts(language);
  const { at, before, after, summary } = impact;
  const { customers, moved, movedRevenueMinor, revenueMinor, byKind, held, told } = summary;
  if (customers === 0) return `${words.nobody}\n`;
  const currency = baseCurrencyOf(after);
  const money = words.money(
    moneyText(movedRevenueMinor, currency),
    percent(movedRevenueMinor, revenueMinor),
  );
  const counts = Object.fromEntries(
    Object.entries(byKind).map(([kind, count]) => [kind, groupDigits(count)]),
  );
  const head = [
    words.head(groupDigits(customers), formatRfc3339(at)),
    `  ${words.moved(groupDigits(moved), percent(moved, customers))}${money}`,
    `  ${words.kinds(counts)}`,
    ...(held === 0 ? [] : [`  ${words.held(groupDigits(held))}`]),
    ...(told === 0
      ? []
      : [`  ${words.told(groupDigits(told), groupDigits(summary.toldSilently))}`]),
  ];
  const matrix = before === null ? [] : [words.matrix, matrixText({ ...impact, before }, language)];
  return `${[...head, ...matrix, ...flowLines(impact, language)].join('\n')}\n`;
}

function flowLines(impact: Impact, language: Language): readonly string[] {
  const words = texts(language);
  const { before, after, summary } = impact;
  const currency = baseCurrencyOf(after);
  const moving = movingRows(summary, after);
  if (moving.length === 0) return [];
  const lines = moving.slice(0, ROWS_MAX).map((row) => {
    const from = placeLabel(row.from, before, language);
    const to = placeLabel(row.to, after, language);
    const money = moneyText(row.revenueMinor, currency);
    return `  ${words.row(words.step(from, to), groupDigits(row.customers), money)}`;
  });
  const rest = moving.length - lines.length;
  return [words.flow, ...lines, ...(rest === 0 ? [] : [`  ${words.more(groupDigits(rest))}`])];
}

/** The largest first; of equals the one that moves more money. */
function movingRows({ flow }: MoveSummary, after: PolicySet): readonly FlowRow[] {
  return flow
    .filter(({ from, to }) => moveKind({ before: from, after: to }, after) !== 'stayed')
    .toSorted((a, b) => b.customers - a.customers || b.revenueMinor - a.revenueMinor);
}

function matrixText(impact: Impact & { readonly before: PolicySet }, language: Language): string {
  const { before, after, summary } = impact;
  const rows = placesOf(
    before,
    summary.flow.map(({ from }) => from),
  );
  const columns = placesOf(
    after,
    summary.flow.map(({ to }) => to),
  );
  const count = (from: TierPlace | null, to: TierPlace | null): string => {
    const row = summary.flow.find((it) => isSame(it.from, from) && isSame(it.to, to));
    return groupDigits(row?.customers ?? 0);
  };
  const table = tableText([
    ['', ...columns.map((it) => placeLabel(it, after, language))],
    ...rows.map((from) => [
      placeLabel(from, before, language),
      ...columns.map((to) => count(from, to)),
    ]),
  ]);
  return table.replaceAll(/^/gm, '  ').replaceAll(/ +$/gm, '');
}

/** Every tier of the set, the highest of each policy first; who has none last, where there is anybody. */
function placesOf(
  { policies }: PolicySet,
  found: readonly (TierPlace | null)[],
): readonly (TierPlace | null)[] {
  const all = policies.flatMap(({ name, ladder }) =>
    ladder.toReversed().map((tier): TierPlace => ({ policy: name, tier })),
  );
  // A customer whom nothing has touched since the set before it may stand on a tier of that one.
  const others = found.filter((it) => it !== null && !all.some((known) => isSame(known, it)));
  return [...all, ...others, ...(found.includes(null) ? [null] : [])];
}

function isSame(a: TierPlace | null, b: TierPlace | null): boolean {
  return a?.policy === b?.policy && a?.tier === b?.tier;
}

function placeLabel(place: TierPlace | null, set: PolicySet | null, language: Language): string {
  if (place === null) return texts(language).ungraded;
  const policy = set === null ? null : policyNamed(set, place.policy);
  if (policy === null || set === null) return `${place.policy}: ${place.tier}`;
  return tierLabelIn(set, { policy, tier: place.tier }, language);
}
