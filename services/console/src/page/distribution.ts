import { bar, html, type Markup, shownName } from '@strata/pictures';
import type { PolicyBoard, TierBoard } from '../live/tier-board.ts';
import { type Language, TEXTS } from '../texts.ts';
import { percent, tierName, wholeNumber } from './wording.ts';

/** Shades that the style sheet has, lowest tier first. */
const SHADES = 5;

/**
 * Tiers as horizontal bars, highest on top. The text says what the bar shows, so the bar itself is
 * silent.
 */
export function distribution(board: TierBoard, language: Language): Markup {
  const texts = TEXTS[language];
  if (board.customers() === 0) return html`<p class="empty">${texts.noCustomers}</p>`;
  return html`${board.policies().map((policy) => policyBars(policy, language))}`;
}

function policyBars(board: PolicyBoard, language: Language): Markup {
  const texts = TEXTS[language];
  const graded = board.tiers.reduce((sum, { customers }) => sum + customers, 0);
  const total = graded + board.ungraded;
  const bars = board.tiers.map(({ tier, customers }, index) =>
    row({
      key: `${board.name}/${tier}`,
      name: tierName(tier, language, [board.policy?.labels[tier]]),
      shade: shadeOf(board.tiers.length - 1 - index, board.tiers.length),
      customers,
      total,
      language,
    }),
  );
  const rest =
    board.ungraded === 0
      ? null
      : row({
          key: `${board.name}/`,
          name: texts.ungraded,
          shade: 0,
          customers: board.ungraded,
          total,
          language,
        });
  const title = board.policy === null ? board.name : texts.policy(board.name, board.policy.version);
  return html`<h3>${shownName(title)} ·
      <span data-text="${board.name}#customers">${texts.customerCount(wholeNumber(total, language))}</span></h3>
    <ul class="bars">${bars}${rest}</ul>`;
}

function row(options: {
  key: string;
  name: string;
  shade: number;
  customers: number;
  total: number;
  language: Language;
}): Markup {
  const { key, name, shade, customers, total, language } = options;
  const share = total === 0 ? 0 : customers / total;
  return html`<li data-key="${key}">
    <span class="tier">${shownName(name)}</span>
    <span class="count"><b data-text="${key}#count">${wholeNumber(customers, language)}</b>
      <span data-text="${key}#share">${percent(share, language)}</span></span>
    ${bar({ share, fill: `shade-${shade}`, key })}
  </li>`;
}

function shadeOf(rank: number, tiers: number): number {
  return tiers <= 1 ? SHADES - 1 : Math.round((rank / (tiers - 1)) * (SHADES - 1));
}
