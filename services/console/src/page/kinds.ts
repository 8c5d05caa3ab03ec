import { CAUSE_KINDS, TIER_CHANGE_TYPES } from '@strata/domain';
import { html, type Markup } from '@strata/pictures';
import type { TierBoard } from '../live/tier-board.ts';
import { type Language, TEXTS } from '../texts.ts';
import { wholeNumber } from './wording.ts';

/** How many changes of which type, and of which cause. Words that never occurred are left out. */
export function kinds(board: TierBoard, language: Language): Markup {
  const texts = TEXTS[language];
  return html`<div class="kinds">
      <h3>${texts.byType}</h3>
      ${rows(TIER_CHANGE_TYPES, { name: 'type', labels: texts.types, counts: board.byType(), language })}
    </div>
    <div class="kinds">
      <h3>${texts.byCause}</h3>
      ${rows(CAUSE_KINDS, { name: 'cause', labels: texts.causes, counts: board.byCause(), language })}
    </div>`;
}

function rows<K extends string>(
  words: readonly K[],
  options: {
    name: string;
    labels: Readonly<Record<K, string>>;
    counts: ReadonlyMap<K, number>;
    language: Language;
  },
): Markup {
  const { name, labels, counts, language } = options;
  const seen = words.filter((word) => counts.has(word));
  return html`<dl>
    ${seen.map(
      (word) => html`<div data-key="${name}-${word}">
        <dt>${labels[word]}</dt>
        <dd data-text="${name}-${word}">${wholeNumber(counts.get(word) ?? 0, language)}</dd>
      </div>`,
    )}
  </dl>`;
}
