import { html, type Markup, shownName } from '@strata/pictures';
import type { EndpointFigures } from '@strata/stack-figures';
import { STATUS_TEXTS } from '../status-texts.ts';
import type { Language } from '../texts.ts';
import { countText, durationText, instantText } from './figure-text.ts';
import { rateNumber } from './wording.ts';

/** What each endpoint has still to take, and whether it does. */
export function endpointTable(
  endpoints: readonly EndpointFigures[] | null,
  language: Language,
): Markup {
  const texts = STATUS_TEXTS[language];
  if (endpoints === null) return html`<p class="unknown">${texts.endpointsUnknown}</p>`;
  if (endpoints.length === 0) return html`<p class="empty">${texts.noEndpoints}</p>`;
  const { endpoint, state, queued, backlog, oldest, pace } = texts.endpointColumns;
  const columns = [endpoint, state, queued, backlog, oldest, pace];
  return html`<table>
    <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${endpoints.map((each) => row(each, language))}</tbody>
  </table>`;
}

function row(each: EndpointFigures, language: Language): Markup {
  const texts = STATUS_TEXTS[language];
  const { endpoint, standing, queued, backlogRecords, oldestMs, perSecond, failingSinceMs } = each;
  const word = texts.endpointStates[standing] ?? texts.unknown;
  const state =
    failingSinceMs === null
      ? word
      : `${word}, ${texts.failingSince(instantText(failingSinceMs, language))}`;
  const oldest = oldestMs === null ? texts.unknown : durationText(oldestMs / 1_000, language);
  const rate = perSecond === null ? texts.unknown : rateNumber(perSecond, language);
  // Who is paused waits by somebody's word.
  const tone = failingSinceMs !== null ? 'behind' : standing === 'active' ? 'fresh' : 'held';
  const cell = (name: string, text: string): Markup =>
    html`<td data-text="${endpoint}#${name}">${text}</td>`;
  return html`<tr data-key="endpoint-${endpoint}" data-class="${endpoint}" class="${tone}">
    <th scope="row"><bdi>${shownName(endpoint)}</bdi></th>
    ${cell('state', state)}
    ${cell('queued', countText(queued, language, texts.unknown))}
    ${cell('backlog', countText(backlogRecords, language, texts.unknown))}
    ${cell('oldest', oldest)}
    ${cell('pace', rate)}
  </tr>`;
}
