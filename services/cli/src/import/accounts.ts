import type { FileCounts } from '../formats/load-events.ts';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { tableText } from '../table-text.ts';
import type { Published } from './publish-events.ts';
import { importTexts } from './texts.ts';

/** Every record of the file, by how it ended: the sum is the file's record count. */
export function accountRows(
  counts: FileCounts,
  language: Language,
): readonly (readonly [string, number])[] {
  const words = importTexts(language).accounts;
  return [
    [words.records, counts.records],
    [words.asEvents, counts.asEvents],
    [words.asParts, counts.asParts],
    ...(counts.skipped === 0 ? [] : ([[words.skipped, counts.skipped]] as const)),
    ...byCount(counts.skippedByReason),
    [words.refused, counts.refused],
    ...byCount(counts.refusedByReason),
    [words.repeats, counts.repeats],
  ];
}

function byCount(reasons: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...reasons]
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => [`  ${reason}`, count] as const);
}

export function accountsText(counts: FileCounts, sent: Published, language: Language): string {
  const words = importTexts(language).accounts;
  const rows = [
    ...accountRows(counts, language),
    [words.published, sent.published] as const,
    ...(sent.alreadyPublished === 0 ? [] : [[words.already, sent.alreadyPublished] as const]),
  ];
  return `${tableText(rows.map(([name, count]) => [name, groupDigits(count)]))}\n`;
}

export function accountsJson(counts: FileCounts, sent: Published): string {
  const { refusedByReason, skippedByReason, ...rest } = counts;
  const accounts = {
    ...rest,
    skippedByReason: Object.fromEntries(skippedByReason),
    refusedByReason: Object.fromEntries(refusedByReason),
    ...sent,
  };
  return `${JSON.stringify(accounts)}\n`;
}
