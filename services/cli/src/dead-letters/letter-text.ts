import { type DeadLetter, deadLetterSentence, formatRfc3339 } from '@strata/contracts';
import type { Language } from '../language.ts';
import { groupDigits } from '../progress.ts';
import { tableText } from '../table-text.ts';
import { type Grouping, groupOf } from './letter-filter.ts';
import type { FoundLetter } from './read-letters.ts';
import { letterTexts } from './texts.ts';

const NONE = '-';

export function listText(
  letters: readonly DeadLetter[],
  { limit, language }: { readonly limit: number; readonly language: Language },
): string {
  const texts = letterTexts(language);
  // Of many those that came last: they tell of what is wrong now.
  const shown = letters.slice(-limit);
  const rows = shown.map((letter) => [
    letter.id,
    letter.reason,
    letter.detail ?? NONE,
    letter.source ?? NONE,
    letter.type ?? NONE,
    formatRfc3339(letter.firstSeenAt),
    letter.state === 'quarantined'
      ? `${letter.redrives} (${texts.quarantined})`
      : `${letter.redrives}`,
  ]);
  const left = letters.length - shown.length;
  const more = left === 0 ? [] : [texts.more(groupDigits(left))];
  return `${[tableText([texts.columns, ...rows]), ...more].join('\n')}\n`;
}

export interface LetterCount {
  readonly name: string;
  readonly letters: number;
  readonly quarantined: number;
}

/** Most letters first; days in their order. */
export function countLetters(letters: readonly DeadLetter[], by: Grouping): readonly LetterCount[] {
  const groups = Map.groupBy(letters, (letter) => groupOf(letter, by));
  const counts = [...groups].map(([name, own]) => ({
    name,
    letters: own.length,
    quarantined: own.filter(({ state }) => state === 'quarantined').length,
  }));
  const byName = (a: LetterCount, b: LetterCount): number => (a.name < b.name ? -1 : 1);
  return counts.toSorted((a, b) =>
    by === 'day' ? byName(a, b) : b.letters - a.letters || byName(a, b),
  );
}

export function countsText(
  letters: readonly DeadLetter[],
  { by, language }: { readonly by: Grouping; readonly language: Language },
): string {
  const texts = letterTexts(language);
  const titles = { ...texts.counts, ...texts.grouped };
  const counts = countLetters(letters, by);
  const total = counts.reduce((sum, it) => sum + it.quarantined, 0);
  const rows = [
    [titles[by], titles.letters, texts.quarantined],
    ...counts.map((it) => [it.name, groupDigits(it.letters), groupDigits(it.quarantined)]),
    [texts.total, groupDigits(letters.length), groupDigits(total)],
  ];
  return `${tableText(rows)}\n`;
}

/** Everything of a letter that may be told in the open. */
export function letterJson({
  letter,
  subject,
}: FoundLetter): Record<string, string | number | null> {
  const { sealed: _, ...open } = letter;
  return {
    ...open,
    firstSeenAt: formatRfc3339(letter.firstSeenAt),
    lastSeenAt: formatRfc3339(letter.lastSeenAt),
    occurredAt: subject.occurredAt === null ? null : formatRfc3339(subject.occurredAt),
    customers: subject.markers.length,
  };
}

export function letterText(found: FoundLetter, language: Language): string {
  const { fields } = letterTexts(language);
  const { reason, detail } = found.letter;
  const json = letterJson(found);
  const rows = Object.entries(fields).map(([name, title]) => {
    const value = json[name];
    return `${title}: ${value ?? NONE}`;
  });
  return `${deadLetterSentence(reason, detail, language)}\n\n${rows.join('\n')}\n`;
}
