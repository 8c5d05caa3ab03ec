import { html, type Markup } from '@strata/pictures';
import { percent } from '../../backtest/percent.ts';
import type { Language } from '../../language.ts';
import { comparePageTexts } from '../../messages/compare-page.ts';
import { moneyText } from '../../money-text.ts';
import { groupDigits } from '../../progress.ts';
import type { Comparison } from '../compare-runs.ts';
import { type Direction, type Flow, movesOf } from '../flow.ts';

/** The few numbers that say how much the second policy changes. */
export function headline({ second }: Comparison, flow: Flow, language: Language): Markup {
  const { figures } = comparePageTexts(language);
  const moves = movesOf(flow);
  const going = (direction: Direction): string =>
    groupDigits(
      moves
        .filter((it) => it.direction === direction)
        .reduce((sum, { customers }) => sum + customers, 0),
    );
  const revenue = moves.reduce((sum, it) => sum + it.secondRevenueMinor, 0);
  const moved = `${groupDigits(flow.moved)} (${percent(flow.moved, flow.customers)})`;
  const shown = [
    [groupDigits(flow.customers), figures.customers],
    [moved, figures.moved],
    [`▲ ${going('rise')}`, figures.rise],
    [`▼ ${going('fall')}`, figures.fall],
    [moneyText(revenue, second.currency), figures.revenue],
  ] as const;
  return html`<dl class="figures">${shown.map(
    ([value, label]) => html`<div class="figure"><dt>${label}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}
