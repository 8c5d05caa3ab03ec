import { readFile } from 'node:fs/promises';
import { html, Markup, readStyles, shownName } from '@strata/pictures';
import type { FileReport } from '../../backtest/report.ts';
import type { Language } from '../../language.ts';
import { compareTexts } from '../../messages/compare.ts';
import { comparePageTexts } from '../../messages/compare-page.ts';
import { policyNames } from '../../policy-names.ts';
import { groupDigits } from '../../progress.ts';
import type { Comparison } from '../compare-runs.ts';
import { instantText } from '../instant-text.ts';
import { changesSection } from './changes-section.ts';
import { flowSection } from './flow-section.ts';
import { headline } from './headline.ts';
import { moneySection } from './money-section.ts';
import { scoreSection } from './score-section.ts';
import { workloadSection } from './workload-section.ts';

const OWN_STYLE = new URL('../../../web/comparison.css', import.meta.url);

export interface PageContent {
  readonly comparison: Comparison;
  readonly file: FileReport;
  /** What the history is called: a path, or the customer log. */
  readonly source: string;
}

/**
 * The comparison as one page that stands alone: no script, nothing from elsewhere (the policy in its head forbids both), so it
 * can be mailed, kept and printed. The same runs give the same bytes.
 */
export async function comparisonPage(content: PageContent, language: Language): Promise<string> {
  const styles = await readStyles(['palette', 'page', 'bars', 'figures']);
  // A style sheet is no text of anybody's: it goes in as it is.
  const css = new Markup(`${styles}\n${await readFile(OWN_STYLE, 'utf8')}`);
  const texts = comparePageTexts(language);
  const { title } = compareTexts(language);
  const { comparison } = content;
  const end = comparison.flows.at(-1);
  return String(html`<!doctype html>
<html lang="${texts.htmlLang}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <style>
${css}</style>
</head>
<body>
  <header><div><h1>${title}</h1>${introduction(content, language)}</div></header>
  <main>
    ${end === undefined ? null : headline(comparison, end, language)}
    ${comparison.flows.map((flow, index) => flowSection(comparison, flow, { index, language }))}
    ${end === undefined ? null : moneySection(comparison, end, language)}
    ${scoreSection(comparison, language)}
    ${changesSection(comparison, language)}
    ${workloadSection(comparison, language)}
  </main>
  <footer><p>${texts.printed}</p></footer>
</body>
</html>
`);
}

function introduction({ comparison, file, source }: PageContent, language: Language): Markup {
  const texts = comparePageTexts(language);
  const { first, second } = comparison;
  const names = {
    first: policyNames(first.set, language),
    second: policyNames(second.set, language),
  };
  const history = texts.history(shownName(source), groupDigits(file.events));
  const span =
    file.firstAt === null || file.lastAt === null
      ? null
      : texts.span(instantText(file.firstAt), instantText(file.lastAt));
  return html`<p>${compareTexts(language).sides(names)}</p>
    <p>${history}${span === null ? null : ` ${span}`}</p>
    <p>${texts.clock(instantText(first.snapshot.at))}</p>`;
}
