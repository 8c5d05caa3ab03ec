import type { Language } from '../texts.ts';
import { wholeNumber } from './wording.ts';

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
/** From so many of a unit on it is told in that unit. */
const FROM = 2;

/** `90` is `90 sec`, `200` is `3 min`. */
export function durationText(seconds: number, language: Language): string {
  const [unit, length] = UNITS.find(([, each]) => seconds >= FROM * each) ?? ['second', 1];
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: language === 'zh' ? 'narrow' : 'short',
    maximumFractionDigits: 0,
  }).format(Math.floor(seconds / length));
}

/** A figure that is not known is told by a word, as a sign could be taken for 0. */
export function countText(value: number | null, language: Language, unknown: string): string {
  return value === null ? unknown : wholeNumber(value, language);
}

export function instantText(epochMs: number, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'UTC',
    dateStyle: 'medium',
    timeStyle: 'medium',
  }).format(epochMs);
}
