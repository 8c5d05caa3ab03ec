import type { TierChangeEvent } from '@strata/contracts';
import type { Policy } from '@strata/domain';
import { tierLabel } from '@strata/policy-file';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { displayWidth } from '../table-text.ts';
import { shopDay } from './demo-calendar.ts';
import type { DemoTally } from './demo-tally.ts';
import type { Paint } from './paint.ts';
import type { PlayedMonth } from './play-months.ts';
import { TEA_HOUSE, TEA_HOUSE_LAST_EVENT } from './tea-house.ts';
import { demoTexts } from './texts.ts';

export interface MonthTableOptions {
  readonly policy: Policy;
  readonly language: Language;
  readonly paint: Paint;
}

const COLUMN_WIDTH = 9;

/** The months as they pass, one row each, with the tea house's story between them. */
export class MonthTable {
  readonly #options: MonthTableOptions;

  constructor(options: MonthTableOptions) {
    this.#options = options;
  }

  heading(): string {
    const { policy, language, paint } = this.#options;
    const { columns } = demoTexts(language);
    const tiers = policy.ladder.map((tier) => shortLabel(policy, tier, language));
    const names = [columns.events, ...tiers, columns.up, columns.down, columns.silent];
    return paint('dim', row(columns.month, names));
  }

  lines({ month, events, changes }: PlayedMonth, tally: DemoTally): readonly string[] {
    const { policy } = this.#options;
    const tiers = tally.tiers();
    const count = (isCounted: (change: TierChangeEvent) => boolean): number =>
      changes.filter(isCounted).length;
    const figures = [
      events,
      ...policy.ladder.map((tier) => tiers.get(tier) ?? 0),
      count(({ type }) => type === 'promoted'),
      count(({ type }) => type === 'demoted' || type === 'withdrawn'),
      count(({ type, cause }) => type === 'demoted' && cause.kind === 'time'),
    ];
    return [row(month.name, figures.map(groupDigits)), ...this.#story({ month, events, changes })];
  }

  #story({ month, changes }: PlayedMonth): readonly string[] {
    const { policy, language, paint } = this.#options;
    const { story } = demoTexts(language);
    const told = changes
      .filter(({ customerId }) => customerId === TEA_HOUSE)
      .map((change) => {
        const day = shopDay(change.effectiveAt);
        const label = shortLabel(policy, change.toTier, language);
        switch (change.type) {
          case 'assigned':
            return story.first(day, label);
          case 'promoted':
            return story.promoted(day, label);
          case 'at-risk':
            return story['at-risk'](day, label);
          case 'demoted':
          case 'withdrawn':
          case 'renewed':
            return story.demoted(day, label);
        }
      });
    if (TEA_HOUSE_LAST_EVENT >= month.start && TEA_HOUSE_LAST_EVENT < month.end) {
      told.push(story.silent(shopDay(TEA_HOUSE_LAST_EVENT)));
    }
    return told.map((line) => paint('yellow', `  ${line}`));
  }
}

function row(first: string, cells: readonly string[]): string {
  return first.padEnd(7 - (displayWidth(first) - first.length)) + cells.map(right).join('');
}

function right(cell: string): string {
  return ' '.repeat(Math.max(1, COLUMN_WIDTH - displayWidth(cell))) + cell;
}

/** 金牌客户 as 金牌: in a table of customers the word customer says nothing. */
function shortLabel(policy: Policy, tier: string, language: Language): string {
  return tierLabel(policy, tier, language).replace(/客户$/, '');
}
