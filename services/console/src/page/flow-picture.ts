import { html, type Markup } from '@strata/pictures';
import type { Flow } from '../live/flow-meter.ts';
import { type Language, TEXTS } from '../texts.ts';
import { rateNumber, wholeNumber } from './wording.ts';

/**
 * Intake -> ingestor -> scorer -> notifier, with what flows between them and what waits before
 * each.
 */
export function flowPicture(flow: Flow, language: Language): Markup {
  const { stages, stageHints, perSecond, lag, noLag } = TEXTS[language];
  const stage = (name: keyof typeof stages, waiting: number | null | undefined): Markup => html`
    <li class="stage" data-key="${name}">
      <b>${stages[name]}</b>
      <span class="hint">${stageHints[name]}</span>
      <span class="lag" data-text="${name}-lag">${lagText(waiting)}</span>
    </li>`;
  const lagText = (waiting: number | null | undefined): string => {
    if (waiting === undefined) return '\u00a0';
    if (waiting === null) return '–';
    return waiting === 0 ? noLag : lag(wholeNumber(waiting, language));
  };
  const arrow = (name: string, rate: number | null): Markup => html`
    <li class="arrow" data-key="${name}">
      <svg viewBox="0 0 60 12" aria-hidden="true" focusable="false">
        <path class="line ${rate !== null && rate > 0 ? 'flows' : 'rests'}"
          data-class="${name}" d="M0 6H50"/>
        <path class="head" d="M50 1.5 58 6 50 10.5"/>
      </svg>
      <span class="rate" data-text="${name}">${rate === null ? '–' : perSecond(rateNumber(rate, language))}</span>
    </li>`;
  return html`<ol class="flow">
    ${stage('intake', undefined)}${arrow('intake-rate', flow.intakePerSecond)}
    ${stage('ingestor', flow.ingestorLag)}${arrow('log-rate', flow.customerLogPerSecond)}
    ${stage('scorer', flow.scorerLag)}${arrow('change-rate', flow.tierChangesPerSecond)}
    ${stage('notifier', flow.notifierLag)}
  </ol>`;
}
