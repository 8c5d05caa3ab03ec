import { type PolicySet, policyNamed } from '@strata/domain';
import { percent } from '../backtest/percent.ts';
import { type Place, placeKey } from '../backtest/tier-rows.ts';
import type { Language } from '../language.ts';
import { backtestTexts } from '../messages/backtest.ts';
import { compareTexts } from '../messages/compare.ts';
import { moneyText } from '../money-text.ts';
import { tierLabelIn } from '../policy-names.ts';
import { groupDigits } from '../progress.ts';
import type { Comparison } from './compare-runs.ts';
import type { ComparisonTable } from './comparison-table.ts';
import { type Direction, type Flow, type FlowCell, movesOf } from './flow.ts';
import { instantText } from './instant-text.ts';

/** Beside the colour, for who does not see it and for the terminal. */
const DIRECTION_MARKS: Readonly<Record<Direction, string>> = {
  rise: '▲ ',
  fall: '▼ ',
  stay: '',
  other: '',
};

/** What people call the place; who stands in no tier has a name too. */
export function placeLabel(set: PolicySet, place: Place | null, language: Language): string {
  const policy = place === null ? null : policyNamed(set, place.policy);
  return place === null || policy === null
    ? backtestTexts(language).noTier
    : tierLabelIn(set, { policy, tier: place.tier }, language);
}

/** The tier under the second set, with the mark of its direction. */
export function directedLabel(comparison: Comparison, cell: FlowCell, language: Language): string {
  const label = placeLabel(comparison.second.set, cell.to, language);
  return `${DIRECTION_MARKS[cell.direction]}${label}`;
}

export function flowTable(
  { first, second }: Comparison,
  flow: Flow,
  language: Language,
): ComparisonTable {
  const texts = compareTexts(language);
  const counts = new Map(flow.cells.map((it) => [cellKey(it), it.customers]));
  return {
    caption: texts.flowAt(instantText(flow.at)),
    head: ['', ...flow.to.map((to) => placeLabel(second.set, to, language))],
    rows: flow.from.map((from) => [
      placeLabel(first.set, from, language),
      ...flow.to.map((to) => groupDigits(counts.get(cellKey({ from, to })) ?? 0)),
    ]),
    foot: null,
    note: texts.moved(groupDigits(flow.moved), groupDigits(flow.customers)),
  };
}

export function movesTable(
  comparison: Comparison,
  flow: Flow,
  language: Language,
): ComparisonTable {
  const texts = compareTexts(language);
  const { first } = comparison;
  const isOneRevenue = hasOneRevenue(comparison);
  const revenues = isOneRevenue ? [texts.revenue] : [texts.revenueOf.first, texts.revenueOf.second];
  return {
    caption: texts.moves,
    head: [texts.from, texts.to, texts.customers, texts.share, ...revenues],
    rows: movesOf(flow).map((cell) => [
      placeLabel(first.set, cell.from, language),
      directedLabel(comparison, cell, language),
      groupDigits(cell.customers),
      percent(cell.customers, flow.customers),
      ...revenueTexts(comparison, cell).slice(0, isOneRevenue ? 1 : 2),
    ]),
    foot: null,
    note: null,
  };
}

export function revenueTexts({ first, second }: Comparison, cell: FlowCell): readonly string[] {
  return [
    moneyText(cell.firstRevenueMinor, first.currency),
    moneyText(cell.secondRevenueMinor, second.currency),
  ];
}

/** Both sets look at the same window in the same currency, so what customers bring is one number. */
export function hasOneRevenue({ first, second, flows }: Comparison): boolean {
  return (
    first.currency === second.currency &&
    flows.every(({ cells }) => cells.every((it) => it.firstRevenueMinor === it.secondRevenueMinor))
  );
}

function cellKey({ from, to }: Pick<FlowCell, 'from' | 'to'>): string {
  return `${placeKey(from)}\n\n${placeKey(to)}`;
}
