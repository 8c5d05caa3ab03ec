import { html, type Markup } from '@strata/pictures';
import { type Place, placeKey } from '../../backtest/tier-rows.ts';
import type { Language } from '../../language.ts';
import { compareTexts } from '../../messages/compare.ts';
import { comparePageTexts } from '../../messages/compare-page.ts';
import { moneyText } from '../../money-text.ts';
import type { Comparison } from '../compare-runs.ts';
import type { Flow } from '../flow.ts';
import { placeLabel } from '../flow-tables.ts';
import { pairedTiers } from '../paired-tiers.ts';
import { pairedBars } from './paired-bars.ts';
import { tableMarkup } from './table-markup.ts';

interface TierRevenue {
  readonly place: Place;
  readonly revenueMinor: number;
}

/** What the customers of each tier bring, under both sets. */
export function moneySection(comparison: Comparison, flow: Flow, language: Language): Markup {
  const texts = comparePageTexts(language);
  const words = compareTexts(language);
  const { first, second } = comparison;
  const pairs = pairedTiers(
    { set: first.set, rows: revenueBy('from', flow) },
    { set: second.set, rows: revenueBy('to', flow) },
  ).map((pair) => ({
    label:
      pair.first === null
        ? placeLabel(second.set, pair.second?.place ?? null, language)
        : placeLabel(first.set, pair.first.place, language),
    first: pair.first?.revenueMinor ?? null,
    second: pair.second?.revenueMinor ?? null,
    firstText: pair.first === null ? '–' : moneyText(pair.first.revenueMinor, first.currency),
    secondText: pair.second === null ? '–' : moneyText(pair.second.revenueMinor, second.currency),
  }));
  const table = {
    caption: texts.money,
    head: [words.tier, words.first, words.second],
    rows: pairs.map(({ label, firstText, secondText }) => [label, firstText, secondText]),
    foot: null,
    note: null,
  };
  return html`<section class="panel" aria-labelledby="money-heading">
    <h2 id="money-heading">${texts.money}</h2>
    <p class="hint">${texts.moneyHint}</p>
    <div class="columns">${pairedBars(pairs, language)}<div>${tableMarkup(table)}</div></div>
  </section>`;
}

function revenueBy(side: 'from' | 'to', flow: Flow): readonly TierRevenue[] {
  const key = side === 'from' ? 'firstRevenueMinor' : 'secondRevenueMinor';
  return flow[side].flatMap((place): readonly TierRevenue[] => {
    if (place === null) return [];
    const revenueMinor = flow.cells
      .filter((cell) => placeKey(cell[side]) === placeKey(place))
      .reduce((sum, cell) => sum + cell[key], 0);
    return [{ place, revenueMinor }];
  });
}
