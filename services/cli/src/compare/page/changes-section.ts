import { html, type Markup } from '@strata/pictures';
import type { Language } from '../../language.ts';
import { comparePageTexts } from '../../messages/compare-page.ts';
import { groupDigits } from '../../progress.ts';
import { changeSteps } from '../change-steps.ts';
import type { Comparison } from '../compare-runs.ts';
import { changesTable, flappingTable } from '../side-tables.ts';
import { pairedBars } from './paired-bars.ts';
import { tableMarkup } from './table-markup.ts';

/** How many customers change how often, and who goes up and down the most. */
export function changesSection(comparison: Comparison, language: Language): Markup {
  const texts = comparePageTexts(language);
  const { first, second } = comparison;
  const bars = changeSteps(first.rates, second.rates).map((step) => ({
    label: texts.changesBar(step.label),
    first: step.first,
    second: step.second,
    firstText: groupDigits(step.first),
    secondText: groupDigits(step.second),
  }));
  return html`<section class="panel" aria-labelledby="changes-heading">
    <h2 id="changes-heading">${texts.changes}</h2>
    <p class="hint">${texts.changesHint}</p>
    <div class="columns">
      ${pairedBars(bars, language)}
      <div>
        ${tableMarkup(changesTable(comparison, language))}
        ${tableMarkup(flappingTable(comparison, language))}
      </div>
    </div>
  </section>`;
}
