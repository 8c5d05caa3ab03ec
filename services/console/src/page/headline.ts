import { html, type Markup } from '@strata/pictures';
import type { TierBoard } from '../live/tier-board.ts';
import { STATUS_TEXTS } from '../status-texts.ts';
import { type Language, TEXTS } from '../texts.ts';
import { countText } from './figure-text.ts';

/** The few numbers that say how things stand. */
export function headline(
  board: TierBoard,
  options: { language: Language; nowMs: number; deadLetters: number | null },
): Markup {
  const { language, nowMs, deadLetters } = options;
  const texts = TEXTS[language];
  const figures: readonly Figure[] = [
    { key: 'customers', value: board.customers(), label: texts.customers },
    { key: 'changes', value: board.changes(), label: texts.changes },
    { key: 'rate', value: board.rate.perMinute(nowMs), label: texts.changesPerMinute },
    { key: 'dead-letters', value: deadLetters, label: texts.deadLetters },
    {
      key: 'silent',
      value: board.timeDemotions(),
      label: texts.timeOnly,
      hint: texts.timeOnlyHint,
    },
  ];
  return html`<dl class="figures">${figures.map((figure) => figureMarkup(figure, language))}</dl>`;
}

interface Figure {
  readonly key: string;
  readonly value: number | null;
  readonly label: string;
  readonly hint?: string;
}

function figureMarkup({ key, value, label, hint }: Figure, language: Language): Markup {
  return html`
    <div class="figure" data-key="${key}">
      <dt>${label}</dt>
      <dd data-text="${key}">${countText(value, language, STATUS_TEXTS[language].unknown)}</dd>
      ${hint === undefined ? null : html`<dd class="hint">${hint}</dd>`}
    </div>`;
}
