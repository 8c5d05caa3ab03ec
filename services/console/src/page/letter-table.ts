import { deadLetterSentence, isDeadLetterReason } from '@strata/contracts';
import { html, type Markup } from '@strata/pictures';
import type { DeadLetterFigures } from '@strata/stack-figures';
import { STATUS_TEXTS } from '../status-texts.ts';
import type { Language } from '../texts.ts';
import { wholeNumber } from './wording.ts';

/** What could not be used, by reason, the most first. */
export function letterTable(letters: DeadLetterFigures | null, language: Language): Markup {
  const texts = STATUS_TEXTS[language];
  if (letters === null) return html`<p class="unknown">${texts.lettersUnknown}</p>`;
  const rows = Object.entries(letters.byReason).toSorted(
    ([one, fewer], [other, more]) => more - fewer || (one < other ? -1 : 1),
  );
  if (rows.length === 0) return html`<p class="empty">${texts.noLetters}</p>`;
  const { reason: name, meaning, count } = texts.letterColumns;
  return html`<table>
    <thead><tr><th scope="col">${name}</th><th scope="col">${meaning}</th><th scope="col" class="number">${count}</th></tr></thead>
    <tbody>${rows.map(
      ([reason, letterCount]) => html`<tr data-key="letter-${reason}">
        <th scope="row"><code>${reason}</code></th>
        <td class="sentence">${isDeadLetterReason(reason) ? deadLetterSentence(reason, null, language) : texts.unreadable}</td>
        <td class="number" data-text="letter-${reason}">${wholeNumber(letterCount, language)}</td>
      </tr>`,
    )}</tbody>
  </table>`;
}
