import { shownName } from '@strata/pictures';
import { describeNumber } from '@strata/policy-file';
import { percent } from '../backtest/percent.ts';
import type { Language } from '../language.ts';
import { compareTexts } from '../messages/compare.ts';
import { moneyText } from '../money-text.ts';
import { groupDigits } from '../progress.ts';
import { changeSteps } from './change-steps.ts';
import type { ComparedSide, Comparison } from './compare-runs.ts';
import type { ComparisonTable } from './comparison-table.ts';
import { placeLabel } from './flow-tables.ts';
import { NEAR_SHARE, type NearBorder } from './near-borders.ts';
import { pairedTiers } from './paired-tiers.ts';
import type { TierWorkload } from './workload.ts';

export function changesTable(comparison: Comparison, language: Language): ComparisonTable {
  const texts = compareTexts(language);
  const { first, second } = comparison;
  const shown = (side: ComparedSide, customers: number): string =>
    `${groupDigits(customers)} (${percent(customers, side.snapshot.readings.size)})`;
  const perYear = ({ rates }: ComparedSide): string => rates.perCustomerYear?.toFixed(3) ?? '–';
  return {
    caption: texts.changes,
    head: ['', texts.first, texts.second],
    rows: [
      ...changeSteps(first.rates, second.rates).map((step) => [
        texts.changeCount(step.label),
        shown(first, step.first),
        shown(second, step.second),
      ]),
      [texts.allChanges, groupDigits(first.rates.moves), groupDigits(second.rates.moves)],
    ],
    foot: [texts.perYear, perYear(first), perYear(second)],
    note: null,
  };
}

export function flappingTable({ flapping }: Comparison, language: Language): ComparisonTable {
  const texts = compareTexts(language);
  return {
    caption: texts.flapping,
    head: [texts.customer, texts.first, texts.second],
    rows: flapping.map(({ customerId, first, second }) => [
      shownName(customerId),
      ...[first, second].map((it) => texts.changesAndTurns(`${it.busiest}`, `${it.turns}`)),
    ]),
    foot: null,
    note: flapping.length === 0 ? texts.noFlapping : null,
  };
}

export function nearTable(
  side: ComparedSide,
  name: 'first' | 'second',
  language: Language,
): ComparisonTable {
  const texts = compareTexts(language);
  return {
    caption: `${texts[name]} · ${texts.near(describeNumber(NEAR_SHARE * 100_000))}`,
    head: [texts.tier, texts.border, texts.distance, texts.belowEnter, texts.atLeave],
    rows: side.near.borders.map((border) => nearRow(border, side, language)),
    foot: null,
    note: texts.nearCustomers(groupDigits(side.near.customers)),
  };
}

function nearRow(border: NearBorder, { set }: ComparedSide, language: Language): string[] {
  const { enterMilli, leaveMilli, distanceMilli, belowEnter, atLeave } = border;
  return [
    placeLabel(set, border, language),
    `${describeNumber(enterMilli)} / ${describeNumber(leaveMilli)}`,
    describeNumber(distanceMilli),
    groupDigits(belowEnter),
    groupDigits(atLeave),
  ];
}

export function visitsTable(comparison: Comparison, language: Language): ComparisonTable {
  const texts = compareTexts(language);
  return workTable(comparison, language, {
    caption: texts.visits,
    nothing: texts.noVisits,
    of: (it) => it.visitsPerMonth,
    shown: { first: visitsText, second: visitsText },
    isComparable: true,
  });
}

export function costTable(comparison: Comparison, language: Language): ComparisonTable {
  const texts = compareTexts(language);
  const { first, second } = comparison;
  return workTable(comparison, language, {
    caption: texts.cost,
    nothing: texts.noCost,
    of: (it) => it.costPerYearMinor,
    shown: {
      first: (minor) => moneyText(minor, first.currency),
      second: (minor) => moneyText(minor, second.currency),
    },
    isComparable: first.currency === second.currency,
  });
}

type Stated = Pick<TierWorkload, 'visitsPerMonth' | 'costPerYearMinor'>;

interface Work {
  readonly caption: string;
  readonly nothing: string;
  readonly of: (stated: Stated) => number | null;
  readonly shown: Readonly<Record<'first' | 'second', (value: number) => string>>;
  /** Amounts in two currencies have no difference. */
  readonly isComparable: boolean;
}

function workTable(comparison: Comparison, language: Language, work: Work): ComparisonTable {
  const texts = compareTexts(language);
  const { first, second } = comparison;
  const cells = (a: Stated | null, b: Stated | null): string[] => {
    const [one, other] = [a && work.of(a), b && work.of(b)];
    const difference = one === null && other === null ? null : (other ?? 0) - (one ?? 0);
    return [
      one === null ? texts.notStated : work.shown.first(one),
      other === null ? texts.notStated : work.shown.second(other),
      difference === null || !work.isComparable
        ? texts.notStated
        : signed(difference, work.shown.first),
    ];
  };
  const stated = statedTiers(comparison, work.of);
  const rows = stated.map(({ label, pair }) => [
    label(language),
    ...cells(pair.first, pair.second),
  ]);
  const isNothing = rows.length === 0;
  return {
    caption: work.caption,
    head: [texts.tier, texts.first, texts.second, texts.difference],
    rows,
    foot: isNothing ? null : [texts.total, ...cells(first.workload, second.workload)],
    note: isNothing ? work.nothing : work.isComparable ? null : texts.otherCurrency,
  };
}

/** The tiers of which either side says something. */
export function statedTiers({ first, second }: Comparison, of: Work['of']) {
  const [a, b] = [first, second].map(({ set, workload }) => ({ set, rows: workload.tiers }));
  if (a === undefined || b === undefined) return [];
  return pairedTiers(a, b)
    .filter((it) => [it.first, it.second].some((tier) => tier !== null && of(tier) !== null))
    .map((pair) => ({
      pair,
      label: (language: Language): string =>
        pair.first === null
          ? placeLabel(second.set, pair.second?.place ?? null, language)
          : placeLabel(first.set, pair.first.place, language),
    }));
}

const VISITS = new Intl.NumberFormat('en', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'negative',
});

export function visitsText(visits: number): string {
  return VISITS.format(visits);
}

function signed(value: number, shown: (value: number) => string): string {
  return value > 0 ? `+${shown(value)}` : shown(value);
}
