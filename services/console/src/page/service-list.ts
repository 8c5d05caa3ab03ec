import { html, type Markup } from '@strata/pictures';
import type { ServiceFigures, StackFigures } from '@strata/stack-figures';
import { STATUS_TEXTS } from '../status-texts.ts';
import type { Language } from '../texts.ts';

/** A sign beside the word, so that colour alone says nothing. */
const SIGNS = { ready: '●', 'not-ready': '▲', failed: '✕', silent: '?' } as const;

/** Each process with its word, and why it is not ready in its own words. */
export function serviceList({ services }: StackFigures, language: Language): Markup {
  return html`<ul class="services">${services.map((each, n) => item(each, n, language))}</ul>`;
}

function item({ service, standing, reasons }: ServiceFigures, n: number, language: Language) {
  const texts = STATUS_TEXTS[language];
  const why = reasons.map(
    (reason, nth) =>
      html`<li lang="en" data-key="reason-${n}-${nth}" data-text="reason-${n}-${nth}">${reason}</li>`,
  );
  return html`<li class="service ${standing}" data-key="${service}-${n}-${standing}">
    <span class="sign" aria-hidden="true">${SIGNS[standing]}</span>
    <b>${texts.services[service]}</b> <span>${texts.standings[standing]}</span>
    ${why.length === 0 ? null : html`<ul class="reasons">${why}</ul>`}
  </li>`;
}

/** One sentence that changes only when something does: it is read out. */
export function summary({ services, scorer }: StackFigures, language: Language): Markup {
  const texts = STATUS_TEXTS[language];
  const parts = services
    .filter(({ standing }) => standing !== 'ready')
    .map(({ service, standing }) => texts.isSo(texts.services[service], texts.standings[standing]));
  if (parts.length === 0 && scorer.records === null) {
    parts.push(texts.isSo(texts.services.scorer, texts.lagUnknown));
  }
  const isWell = parts.length === 0;
  const words = isWell ? texts.allWell : texts.notWell(parts);
  return html`<span data-key="summary" data-class="summary" class="${isWell ? 'well' : 'amiss'}"><span data-text="summary">${words}</span></span>`;
}
