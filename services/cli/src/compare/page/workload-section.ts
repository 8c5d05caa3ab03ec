import { html, type Markup } from '@strata/pictures';
import type { Language } from '../../language.ts';
import { comparePageTexts } from '../../messages/compare-page.ts';
import { moneyText } from '../../money-text.ts';
import type { Comparison } from '../compare-runs.ts';
import type { ComparisonTable } from '../comparison-table.ts';
import { costTable, statedTiers, visitsTable, visitsText } from '../side-tables.ts';
import type { TierWorkload } from '../workload.ts';
import { pairedBars } from './paired-bars.ts';
import { tableMarkup } from './table-markup.ts';

/** Visits and cost that the treatment of the tiers asks for; where no policy says, that alone is said. */
export function workloadSection(comparison: Comparison, language: Language): Markup {
  const texts = comparePageTexts(language);
  const { first, second } = comparison;
  return html`<section class="panel" aria-labelledby="workload-heading">
    <h2 id="workload-heading">${texts.workload}</h2>
    <p class="hint">${texts.workloadHint}</p>
    ${part(comparison, language, {
      title: texts.visits,
      table: visitsTable(comparison, language),
      of: (it) => it.visitsPerMonth,
      firstText: visitsText,
      secondText: visitsText,
    })}
    ${part(comparison, language, {
      title: texts.cost,
      table: costTable(comparison, language),
      of: (it) => it.costPerYearMinor,
      firstText: (minor) => moneyText(minor, first.currency),
      secondText: (minor) => moneyText(minor, second.currency),
    })}
  </section>`;
}

interface WorkPart {
  readonly title: string;
  readonly table: ComparisonTable;
  readonly of: (stated: Pick<TierWorkload, 'visitsPerMonth' | 'costPerYearMinor'>) => number | null;
  readonly firstText: (value: number) => string;
  readonly secondText: (value: number) => string;
}

function part(comparison: Comparison, language: Language, work: WorkPart): Markup {
  const { title, table, of, firstText, secondText } = work;
  const bars = statedTiers(comparison, of).map(({ label, pair }) => {
    const first = pair.first === null ? null : of(pair.first);
    const second = pair.second === null ? null : of(pair.second);
    return {
      label: label(language),
      first,
      second,
      firstText: first === null ? '–' : firstText(first),
      secondText: second === null ? '–' : secondText(second),
    };
  });
  if (bars.length === 0) return html`<h3>${title}</h3>${tableMarkup(table)}`;
  return html`<h3>${title}</h3>
    <div class="columns">${pairedBars(bars, language)}<div>${tableMarkup(table)}</div></div>`;
}
