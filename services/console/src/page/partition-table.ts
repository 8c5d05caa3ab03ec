import { html, type Markup } from '@strata/pictures';
import type { PartitionFreshness, StackFigures } from '@strata/stack-figures';
import { type PartitionState, STATUS_TEXTS } from '../status-texts.ts';
import type { Language } from '../texts.ts';
import { countText, durationText, instantText } from './figure-text.ts';
import { wholeNumber } from './wording.ts';

/** Records wait for so long while everything goes well. */
const FRESH_SECONDS_MAX = 10;

/** Where every partition of the customer log stands. */
export function partitionTable(stack: StackFigures, language: Language): Markup {
  const texts = STATUS_TEXTS[language];
  const { partitions } = stack;
  if (partitions.length === 0) return html`<p class="unknown">${texts.noPartitions}</p>`;
  const { partition, state, lag, waits, clock, overdue, outbox } = texts.partitionColumns;
  const columns = [state, lag, waits, clock, overdue, outbox];
  return html`<table>
    <thead><tr><th scope="col">${partition}</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${partitions.map((each) => row(each, language))}</tbody>
  </table>`;
}

/** The partition that is worst, or how many are not known. */
export function freshnessLine({ partitions, scorer }: StackFigures, language: Language): Markup {
  const texts = STATUS_TEXTS[language];
  const count = (value: number): string => wholeNumber(value, language);
  const unknown = partitions.filter((each) => stateOf(each) === 'unknown').length;
  const text =
    scorer.seconds === null
      ? partitions.length === 0
        ? texts.unknown
        : texts.freshnessUnknown(count(Math.max(1, unknown)), count(partitions.length))
      : scorer.records === 0
        ? texts.noLag
        : texts.freshnessWorst(durationText(scorer.seconds, language));
  return html`<span data-key="freshness" data-text="freshness">${text}</span>`;
}

function row(each: PartitionFreshness, language: Language): Markup {
  const texts = STATUS_TEXTS[language];
  const { partition, lagRecords, lagSeconds, clockMs, overdueSeconds, outboxRecords } = each;
  const state = stateOf(each);
  const duration = (seconds: number | null): string =>
    seconds === null ? texts.unknown : durationText(seconds, language);
  const cell = (name: string, text: string): Markup =>
    html`<td data-text="p${partition}-${name}">${text}</td>`;
  return html`<tr data-key="p${partition}" data-class="p${partition}" class="${state}">
    <th scope="row">${partition}</th>
    ${cell('state', texts.partitionStates[state])}
    ${cell('lag', countText(lagRecords, language, texts.unknown))}
    ${cell('waits', duration(lagSeconds))}
    ${cell('clock', clockMs === null ? texts.unknown : instantText(clockMs, language))}
    ${cell('overdue', duration(overdueSeconds))}
    ${cell('outbox', countText(outboxRecords, language, texts.unknown))}
  </tr>`;
}

function stateOf({ lagSeconds, overdueSeconds }: PartitionFreshness): PartitionState {
  if (lagSeconds === null || overdueSeconds === null) return 'unknown';
  return Math.max(lagSeconds, overdueSeconds) > FRESH_SECONDS_MAX ? 'behind' : 'fresh';
}
