import { html, type Markup } from '@strata/pictures';
import type { ComparisonTable } from '../comparison-table.ts';

/**
 * A table that scrolls by itself where the screen is narrow, under a caption that does not; without rows only what is to be
 * said instead.
 */
export function tableMarkup({ caption, head, rows, foot, note }: ComparisonTable): Markup {
  const said = note === null ? null : html`<p class="note">${note}</p>`;
  if (rows.length === 0) return html`${said}`;
  const cells = ([first = '', ...others]: readonly string[]): Markup =>
    html`<tr><th scope="row">${first}</th>${others.map((it) => html`<td>${it}</td>`)}</tr>`;
  return html`<p class="caption">${caption}</p>
  <div class="scroll" role="region" tabindex="0" aria-label="${caption}">
    <table aria-label="${caption}">
      <thead><tr>${head.map((it) => html`<th scope="col">${it}</th>`)}</tr></thead>
      <tbody>${rows.map(cells)}</tbody>
      ${foot === null ? null : html`<tfoot>${cells(foot)}</tfoot>`}
    </table>
  </div>${said}`;
}
