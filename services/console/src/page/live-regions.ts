import { html, type Markup } from '@strata/pictures';
import type { StackFigures } from '@strata/stack-figures';
import type { Flow } from '../live/flow-meter.ts';
import type { ListedChange } from '../live/latest-changes.ts';
import type { TierBoard } from '../live/tier-board.ts';
import { type Language, TEXTS } from '../texts.ts';
import { changeItem } from './change-list.ts';
import { distribution } from './distribution.ts';
import { endpointTable } from './endpoint-table.ts';
import { flowPicture } from './flow-picture.ts';
import { headline } from './headline.ts';
import { kinds } from './kinds.ts';
import { letterTable } from './letter-table.ts';
import { freshnessLine, partitionTable } from './partition-table.ts';
import { serviceList, summary } from './service-list.ts';

/** What a rendering is made of, at one moment. */
export interface LiveView {
  readonly board: TierBoard;
  readonly flow: Flow;
  /** What the services say of themselves, this one among them. */
  readonly stack: StackFigures;
  readonly nowMs: number;
  readonly isCatchingUp: boolean;
  /** Newest first. */
  readonly changes: readonly ListedChange[];
}

export const REGIONS = [
  'notice',
  'summary',
  'headline',
  'services',
  'flow',
  'freshness',
  'partitions',
  'tiers',
  'kinds',
  'letters',
  'endpoints',
  'changes',
] as const;
export type Region = (typeof REGIONS)[number];

/**
 * The parts of the page that move, by the id of the element that holds them. The page and the
 * stream use the same.
 */
export function liveRegions(view: LiveView, language: Language): Readonly<Record<Region, Markup>> {
  const { board, flow, stack, nowMs, isCatchingUp, changes } = view;
  const deadLetters = stack.deadLetters?.total ?? null;
  return {
    notice: html`${isCatchingUp ? TEXTS[language].catchingUp : ''}`,
    summary: summary(stack, language),
    headline: headline(board, { language, nowMs, deadLetters }),
    services: serviceList(stack, language),
    flow: flowPicture(flow, stack, language),
    freshness: freshnessLine(stack, language),
    partitions: partitionTable(stack, language),
    tiers: distribution(board, language),
    kinds: kinds(board, language),
    letters: letterTable(stack.deadLetters, language),
    endpoints: endpointTable(stack.endpoints, language),
    changes: html`${changes.map((listed) => changeItem(listed, board, language))}`,
  };
}
