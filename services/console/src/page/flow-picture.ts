import { html, type Markup } from '@strata/pictures';
import type { StackFigures, Waiting } from '@strata/stack-figures';
import type { Flow } from '../live/flow-meter.ts';
import { STATUS_TEXTS } from '../status-texts.ts';
import { type Language, TEXTS } from '../texts.ts';
import { durationText } from './figure-text.ts';
import { rateNumber, wholeNumber } from './wording.ts';

/**
 * Intake -> ingestor -> scorer -> notifier, with what flows between them and what waits before
 * each.
 */
export function flowPicture(
  flow: Flow,
  stack: Pick<StackFigures, 'ingestor' | 'scorer' | 'notifier'>,
  language: Language,
): Markup {
  const { stages, stageHints, perSecond } = TEXTS[language];
  const { unknown } = STATUS_TEXTS[language];
  const stage = (name: keyof typeof stages, lag: Markup | null): Markup => html`
    <li class="stage" data-key="${name}">
      <b>${stages[name]}</b>
      <span class="hint">${stageHints[name]}</span>
      ${lag}
    </li>`;
  const arrow = (name: string, rate: number | null): Markup => html`
    <li class="arrow" data-key="${name}">
      <svg viewBox="0 0 60 12" aria-hidden="true" focusable="false">
        <path class="line ${rate === null ? 'lost' : rate > 0 ? 'flows' : 'rests'}"
          data-class="${name}" d="M0 6H50"/>
        <path class="head" d="M50 1.5 58 6 50 10.5"/>
      </svg>
      <span class="rate" data-text="${name}">${rate === null ? unknown : perSecond(rateNumber(rate, language))}</span>
    </li>`;
  return html`<ol class="flow">
    ${stage('intake', null)}${arrow('intake-rate', flow.intakePerSecond)}
    ${stage('ingestor', lagLine('ingestor', stack.ingestor, language))}${arrow('log-rate', flow.customerLogPerSecond)}
    ${stage('scorer', lagLine('scorer', stack.scorer, language))}${arrow('change-rate', flow.tierChangesPerSecond)}
    ${stage('notifier', lagLine('notifier', stack.notifier, language))}
  </ol>`;
}

function lagLine(name: string, { records, seconds }: Waiting, language: Language): Markup {
  const { lag, noLag, lagUnknown } = STATUS_TEXTS[language];
  const state = records === null ? 'unknown' : records === 0 ? 'fresh' : 'behind';
  const waits = seconds === null || seconds < 1 ? null : durationText(seconds, language);
  const text =
    records === null
      ? lagUnknown
      : records === 0
        ? noLag
        : lag(wholeNumber(records, language), waits);
  return html`<span class="lag ${state}" data-class="${name}-lag" data-text="${name}-lag">${text}</span>`;
}
