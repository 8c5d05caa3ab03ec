import { DEAD_LETTER_REASONS, type DeadLetter, isDeadLetterReason } from '@strata/contracts';
import { nearestWord } from '@strata/yaml-file';
import { UsageFault } from '../cli-fault.ts';
import { parseDate } from '../dates.ts';
import type { FlagValues } from '../flags.ts';
import type { Language } from '../language.ts';
import { frameTexts } from '../messages/frame.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import type { FoundLetter } from './read-letters.ts';

/** By which letters are chosen, of `list` and `redrive` alike; several values of one flag: any of them. */
export const FILTER_FLAGS = {
  reason: {
    kind: 'texts',
    value: 'REASON',
    about: { en: 'refused for this reason', zh: '拒绝原因' },
  },
  source: { kind: 'texts', value: 'NAME', about: { en: 'sent by', zh: '来源' } },
  type: { kind: 'texts', value: 'TYPE', about: { en: 'of this event type', zh: '事件类型' } },
  topic: {
    kind: 'texts',
    value: 'TOPIC',
    about: {
      en: 'lay in this topic; of a file: file:FORMAT',
      zh: '所在主题；文件为 file:FORMAT',
    },
  },
  schema: {
    kind: 'texts',
    value: 'ID',
    about: { en: 'written with this schema id', zh: '模式编号' },
  },
  since: {
    kind: 'text',
    value: 'DATE',
    about: { en: 'first refused at or after', zh: '首次拒绝不早于' },
  },
  until: { kind: 'text', value: 'DATE', about: { en: 'first refused before', zh: '首次拒绝早于' } },
  redrives: {
    kind: 'text',
    value: 'N',
    about: { en: 'redriven in vain at least so often', zh: '重新投递失败至少 N 次' },
  },
  customer: {
    kind: 'text',
    value: 'ID',
    about: { en: 'about this customer, where that could be read', zh: '涉及该客户（可读出时）' },
  },
} as const;

export type FilterFlags = FlagValues<typeof FILTER_FLAGS>;

/** Whether a letter is asked for. What is wrong with the flags is said here, before anything is read. */
export function letterFilter(
  flags: FilterFlags,
  language: Language,
): (stack: Pick<StackHandle, 'markerOf' | 'identity'>) => (found: FoundLetter) => boolean {
  for (const reason of flags.reason) checkReason(reason, language);
  const since = instantOf('since', flags, language) ?? Number.NEGATIVE_INFINITY;
  const until = instantOf('until', flags, language) ?? Number.POSITIVE_INFINITY;
  const redrives = wholeNumber('--redrives', flags.redrives, language) ?? 0;
  const schemas = flags.schema.map((text) => wholeNumber('--schema', text, language));
  const { customer } = flags;
  return ({ markerOf, identity }) => {
    const marker = customer === undefined ? null : markerOf(identity.ofWhole(customer));
    return ({ letter, subject }) =>
      isAnyOf(flags.reason, letter.reason) &&
      isAnyOf(flags.source, letter.source) &&
      isAnyOf(flags.type, letter.type) &&
      isAnyOf(flags.topic, letter.topic) &&
      (schemas.length === 0 || schemas.includes(letter.schemaId ?? Number.NaN)) &&
      letter.firstSeenAt >= since &&
      letter.firstSeenAt < until &&
      letter.redrives >= redrives &&
      (marker === null || subject.markers.includes(marker));
  };
}

/** Whether any filter was given: without one, and without a name, everything would be meant. */
export function isFiltered(flags: FilterFlags): boolean {
  return Object.keys(FILTER_FLAGS).some((name) => {
    const value = flags[name as keyof FilterFlags];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
}

export function wholeNumber(
  flag: string,
  text: string | undefined,
  language: Language,
): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageFault(frameTexts(language).notANumber(flag, text));
  return Number(text);
}

function isAnyOf(wanted: readonly string[], value: string | null): boolean {
  return wanted.length === 0 || (value !== null && wanted.includes(value));
}

function checkReason(reason: string, language: Language): void {
  if (isDeadLetterReason(reason)) return;
  const texts = frameTexts(language);
  const guess = nearestWord(reason, DEAD_LETTER_REASONS);
  const sentence = texts.notAChoice('--reason', reason, DEAD_LETTER_REASONS.join(', '));
  throw new UsageFault(guess === null ? sentence : `${sentence} ${texts.didYouMean(guess)}`);
}

function instantOf(
  name: 'since' | 'until',
  flags: FilterFlags,
  language: Language,
): number | undefined {
  const text = flags[name];
  return text === undefined ? undefined : parseDate(`--${name}`, text, language);
}

/** By what letters are counted. */
export const GROUPINGS = ['reason', 'source', 'type', 'day', 'topic', 'schema'] as const;
export type Grouping = (typeof GROUPINGS)[number];

const NONE = '-';

export function groupOf(letter: DeadLetter, by: Grouping): string {
  switch (by) {
    case 'day':
      return new Date(letter.firstSeenAt).toISOString().slice(0, 10);
    case 'schema':
      return letter.schemaId === null ? NONE : String(letter.schemaId);
    case 'reason':
    case 'topic':
      return letter[by];
    case 'source':
    case 'type':
      return letter[by] ?? NONE;
  }
}
