import { html, type Markup } from '@strata/pictures';
import { STATUS_TEXTS } from '../status-texts.ts';
import { type Language, TEXTS } from '../texts.ts';
import { type LiveView, liveRegions, type Region } from './live-regions.ts';

/** The page as it is sent; what moves in it is then kept up to date by the event stream. */
export function document(
  view: LiveView,
  options: { language: Language; position: string },
): Markup {
  const { language, position } = options;
  const texts = TEXTS[language];
  const status = STATUS_TEXTS[language];
  const other: Language = language === 'zh' ? 'en' : 'zh';
  const regions = liveRegions(view, language);
  return html`<!doctype html>
<html lang="${texts.htmlLang}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>${texts.title}</title>
  <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/console.css">
  <script type="module" src="/assets/console.mjs"></script>
</head>
<body data-stream="/events/stream?lang=${language}&amp;after=${position}"
  data-live="${texts.live}" data-reconnecting="${texts.reconnecting}" data-paused="${texts.paused}"
  data-pause="${texts.pause}" data-resume="${texts.resume}">
  <a class="skip" href="#latest">${texts.skip}</a>
  <header>
    <div>
      <h1>${texts.title}</h1>
      <p>${texts.subtitle}</p>
    </div>
    <nav aria-label="${texts.pageTools}">
      <span id="connection" class="connection" data-state="reconnecting">${texts.reconnecting}</span>
      <button id="pause" type="button" aria-pressed="false">${texts.pause}</button>
      <a href="/?lang=${other}" lang="${TEXTS[other].htmlLang}" hreflang="${other}">${texts.otherLanguage}</a>
    </nav>
  </header>
  <main>
    <p id="notice" class="notice">${regions.notice}</p>
    <p id="summary" class="summary" role="status" aria-live="polite">${regions.summary}</p>
    <section id="headline" aria-label="${texts.subtitle}">${regions.headline}</section>
    <section class="panel" aria-labelledby="flow-title">
      <h2 id="flow-title">${texts.flow}</h2>
      <div id="flow">${regions.flow}</div>
      <h3 id="services-title">${status.health}</h3>
      <div id="services">${regions.services}</div>
    </section>
    <div class="columns">
      <section class="panel" aria-labelledby="tiers-title">
        <h2 id="tiers-title">${texts.tiers}</h2>
        <div id="tiers">${regions.tiers}</div>
        <div id="kinds" class="kinds-row">${regions.kinds}</div>
      </section>
      <section class="panel" aria-labelledby="latest">
        <h2 id="latest" tabindex="-1">${texts.latest}</h2>
        <p id="no-changes" class="empty">${texts.noChanges}</p>
        <ol id="changes" class="changes" tabindex="0" aria-labelledby="latest">${regions.changes}</ol>
      </section>
    </div>
    ${statusSections(regions, language)}
    <p id="announcement" class="visually-hidden" role="status" aria-live="polite"></p>
  </main>
  <footer><p>${texts.footer}</p></footer>
</body>
</html>
`;
}

/** What whoever is on call looks for. */
function statusSections(regions: Readonly<Record<Region, Markup>>, language: Language): Markup {
  const status = STATUS_TEXTS[language];
  return html`<section class="panel apart" aria-labelledby="partitions-title">
      <h2 id="partitions-title">${status.freshness} <small id="freshness">${regions.freshness}</small></h2>
      ${tableHolder('partitions', 'partitions-title', regions.partitions)}
    </section>
    <div class="columns">
      <section class="panel" aria-labelledby="endpoints-title">
        <h2 id="endpoints-title">${status.endpoints}</h2>
        ${tableHolder('endpoints', 'endpoints-title', regions.endpoints)}
      </section>
      <section class="panel" aria-labelledby="letters-title">
        <h2 id="letters-title">${status.letters}</h2>
        ${tableHolder('letters', 'letters-title', regions.letters)}
      </section>
    </div>`;
}

/** What may be wider or longer than its place is scrolled by the keyboard, too. */
function tableHolder(id: Region, titleId: string, table: Markup): Markup {
  return html`<div id="${id}" class="table" role="group" tabindex="0" aria-labelledby="${titleId}">${table}</div>`;
}
