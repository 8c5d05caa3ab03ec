import { bar, html, type Markup } from '@strata/pictures';
import type { Language } from '../../language.ts';
import { compareTexts } from '../../messages/compare.ts';

export interface BarPair {
  readonly label: string;
  /** Null where the side says nothing; then it has no bar. */
  readonly first: number | null;
  readonly second: number | null;
  readonly firstText: string;
  readonly secondText: string;
}

/** What both sides have, bar under bar, all by one measure. */
export function pairedBars(pairs: readonly BarPair[], language: Language): Markup {
  const most = Math.max(0, ...pairs.flatMap(({ first, second }) => [first ?? 0, second ?? 0]));
  const texts = compareTexts(language);
  const row = (side: 'first' | 'second', value: number | null, text: string): Markup =>
    html`<span class="side">${texts[side]}</span>
      ${value === null ? html`<span></span>` : bar({ share: most === 0 ? 0 : value / most, fill: side, key: null })}
      <span class="count"><b>${text}</b></span>`;
  return html`<ul class="pairs">${pairs.map(
    ({ label, first, second, firstText, secondText }) => html`<li>
      <span class="tier">${label}</span>
      ${row('first', first, firstText)}
      ${row('second', second, secondText)}
    </li>`,
  )}</ul>`;
}
