import { html, type Markup } from '@strata/pictures';
import type { Flow } from '../live/flow-meter.ts';
import type { ListedChange } from '../live/latest-changes.ts';
import type { TierBoard } from '../live/tier-board.ts';
import { type Language, TEXTS } from '../texts.ts';
import { changeItem } from './change-list.ts';
import { distribution } from './distribution.ts';
import { flowPicture } from './flow-picture.ts';
import { headline } from './headline.ts';
import { kinds } from './kinds.ts';

/** What a rendering is made of, at one moment. */
export interface LiveView {
  readonly board: TierBoard;
  readonly flow: Flow;
  readonly nowMs: number;
  readonly isCatchingUp: boolean;
  /** Newest first. */
  readonly changes: readonly ListedChange[];
}

export const REGIONS = ['notice', 'headline', 'flow', 'tiers', 'kinds', 'changes'] as const;
export type Region = (typeof REGIONS)[number];

/**
 * The parts of the page that move, by the id of the element that holds them. The page and the
 * stream use the same.
 */
export function liveRegions(view: LiveView, language: Language): Readonly<Record<Region, Markup>> {
  const { board, flow, nowMs, isCatchingUp, changes } = view;
  return {
    notice: html`${isCatchingUp ? TEXTS[language].catchingUp : ''}`,
    headline: headline(board, { language, nowMs, deadLetters: flow.deadLetters }),
    flow: flowPicture(flow, language),
    tiers: distribution(board, language),
    kinds: kinds(board, language),
    changes: html`${changes.map((listed) => changeItem(listed, board, language))}`,
  };
}
