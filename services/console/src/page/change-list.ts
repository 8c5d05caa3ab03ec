import type { TierChangeType } from '@strata/domain';
import { html, type Markup, shownName } from '@strata/pictures';
import type { ListedChange } from '../live/latest-changes.ts';
import type { TierBoard } from '../live/tier-board.ts';
import { type Language, TEXTS } from '../texts.ts';
import { wordChange } from './wording.ts';

/** A sign beside the word, so that colour alone says nothing. */
const SIGNS: Readonly<Record<TierChangeType, string>> = {
  assigned: '◆',
  promoted: '▲',
  demoted: '▼',
  renewed: '●',
  'at-risk': '!',
  withdrawn: '▽',
};

export function changeItem(listed: ListedChange, board: TierBoard, language: Language): Markup {
  const { change, position } = listed;
  const { type, from, to, reason, when } = wordChange(
    change,
    language,
    board.policy(change.policy),
  );
  const href = `/customers/${encodeURIComponent(change.customerId)}`;
  return html`<li class="change ${change.type}" data-position="${position}" data-at="${listed.appendedAt}">
    <span class="sign" aria-hidden="true">${SIGNS[change.type]}</span>
    <p class="what"><a href="${href}"><bdi>${shownName(change.customerId)}</bdi></a>
      <span class="type">${type}</span>
      <span class="tiers">${from === null ? null : html`${shownName(from)} → `}<b>${shownName(to)}</b></span></p>
    <p class="why">${TEXTS[language].because(reason)}</p>
    <time datetime="${new Date(change.effectiveAt).toISOString()}">${when}</time>
  </li>`;
}

/** One sentence for a screen reader, in place of a list that would be read out whole. */
export function announcement(
  changes: readonly ListedChange[],
  board: TierBoard,
  language: Language,
): string {
  const [newest] = changes;
  if (newest === undefined) return '';
  const { change } = newest;
  const { type, to } = wordChange(change, language, board.policy(change.policy));
  const last = `${shownName(change.customerId)} ${type} ${shownName(to)}`;
  return TEXTS[language].announce(String(changes.length), last);
}
