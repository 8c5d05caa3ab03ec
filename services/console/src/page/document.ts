import { html, type Markup } from '@strata/pictures';
import { type Language, TEXTS } from '../texts.ts';
import { type LiveView, liveRegions } from './live-regions.ts';

/** The page as it is sent; what moves in it is then kept up to date by the event stream. */
export function document(
  view: LiveView,
  options: { language: Language; position: string },
): Markup {
  const { language, position } = options;
  const texts = TEXTS[language];
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
    <nav>
      <span id="connection" class="connection" data-state="reconnecting">${texts.reconnecting}</span>
      <button id="pause" type="button" aria-pressed="false">${texts.pause}</button>
      <a href="/?lang=${other}" lang="${TEXTS[other].htmlLang}" hreflang="${other}">${texts.otherLanguage}</a>
    </nav>
  </header>
  <main>
    <p id="notice" class="notice">${regions.notice}</p>
    <section id="headline" aria-label="${texts.subtitle}">${regions.headline}</section>
    <section class="panel" aria-labelledby="flow-title">
      <h2 id="flow-title">${texts.flow}</h2>
      <div id="flow">${regions.flow}</div>
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
        <ol id="changes" class="changes">${regions.changes}</ol>
      </section>
    </div>
    <p id="announcement" class="visually-hidden" role="status" aria-live="polite"></p>
  </main>
  <footer><p>${texts.footer}</p></footer>
</body>
</html>
`;
}
