import { parseRfc3339 } from '@strata/contracts';
import type { Instant } from '@strata/domain';
import { asUtc, zonedInstant } from './zoned-instant.ts';

/** Last instant that the contracts take: the end of the year 9999. */
const LAST_INSTANT: Instant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAMES = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'] as const;
type Part = (typeof PARTS)[number] | 'half' | 'offset';

interface Letter {
  readonly part: Part;
  readonly form: string;
  readonly read?: (text: string) => number;
}

const nameIn =
  (names: readonly string[]) =>
  (text: string): number =>
    names.indexOf(text.toLowerCase()) + 1;

/** The letters of Unicode's date patterns that files were seen to need. */
const LETTERS: Readonly<Record<string, Letter>> = {
  yyyy: { part: 'year', form: '\\d{4}' },
  MMMM: { part: 'month', form: MONTH_NAMES.join('|'), read: nameIn(MONTH_NAMES) },
  MMM: { part: 'month', form: MONTHS.join('|'), read: nameIn(MONTHS) },
  MM: { part: 'month', form: '\\d\\d' },
  M: { part: 'month', form: '\\d\\d?' },
  dd: { part: 'day', form: '\\d\\d' },
  d: { part: 'day', form: '\\d\\d?' },
  HH: { part: 'hour', form: '\\d\\d' },
  H: { part: 'hour', form: '\\d\\d?' },
  hh: { part: 'hour', form: '0[1-9]|1[0-2]' },
  h: { part: 'hour', form: '1[0-2]|0?[1-9]' },
  mm: { part: 'minute', form: '\\d\\d' },
  ss: { part: 'second', form: '\\d\\d' },
  SSS: { part: 'millisecond', form: '\\d{3}' },
  a: { part: 'half', form: 'am|pm', read: (text) => (text.toLowerCase() === 'pm' ? 12 : 0) },
  XXX: { part: 'offset', form: 'z|[+-]\\d\\d:\\d\\d', read: offsetMs },
};

const TOKEN = /'([^']*)'|([A-Za-z])\2*|[^A-Za-z']/g;
const WORDS = ['rfc3339', 'epoch-ms', 'epoch-s'];

interface Compiled {
  readonly expression: RegExp;
  readonly letters: readonly Letter[];
}

/** Null for what is no pattern, or names no day. */
function compiled(pattern: string): Compiled | null {
  const letters: Letter[] = [];
  let form = '';
  let end = 0;
  for (const match of pattern.matchAll(TOKEN)) {
    if (match.index !== end) return null;
    end += match[0].length;
    const [token, quoted, first] = match;
    if (first === undefined) {
      form += escaped(quoted ?? token);
      continue;
    }
    const letter = LETTERS[token];
    if (letter === undefined || letters.some(({ part }) => part === letter.part)) return null;
    letters.push(letter);
    form += `(${letter.form})`;
  }
  const named = new Set(letters.map(({ part }) => part));
  const isDay = named.has('year') && named.has('month') && named.has('day');
  const isTwelve = /h/.test(pattern.replaceAll(/'[^']*'/g, ''));
  if (end !== pattern.length || !isDay || isTwelve !== named.has('half')) return null;
  return { expression: new RegExp(`^${form}$`, 'i'), letters };
}

export function isTimePattern(pattern: string): boolean {
  return WORDS.includes(pattern) || compiled(pattern) !== null;
}

type ReadInstant = (text: string) => Instant | null;

/** Reads an instant by the first of the patterns that fits; times that name no offset are taken in the zone. */
export function instantReader(patterns: readonly string[], timeZone: string): ReadInstant {
  const readers = patterns.map((pattern) => readerOf(pattern, timeZone));
  let lastText = '';
  let lastInstant: Instant | null = null;
  return (text) => {
    // The rows of an order lie together and carry one time.
    if (text === lastText) return lastInstant;
    lastText = text;
    lastInstant = null;
    for (const read of readers) {
      lastInstant = read(text);
      if (lastInstant !== null) break;
    }
    return lastInstant;
  };
}

function readerOf(pattern: string, timeZone: string): ReadInstant {
  if (pattern === 'rfc3339') return parseRfc3339;
  if (pattern === 'epoch-ms') return (text) => epoch(text, 1);
  if (pattern === 'epoch-s') return (text) => epoch(text, 1_000);
  const pair = compiled(pattern);
  if (pair === null)
    throw new TypeError(`'${pattern}' is no time pattern: the map was not checked`);
  return (text) => readLocal(text, pair, timeZone);
}

function epoch(text: string, unitMs: number): Instant | null {
  if (!/^\d{1,15}$/.test(text)) return null;
  const instant = Number(text) * unitMs;
  return instant <= LAST_INSTANT ? instant : null;
}

function readLocal(text: string, { expression, letters }: Compiled, zone: string): Instant | null {
  const match = expression.exec(text);
  if (match === null) return null;
  const found = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, millisecond: 0 };
  let half: number | null = null;
  let offset: number | null = null;
  for (const [index, { part, read = Number }] of letters.entries()) {
    const value = read(match[index + 1] ?? '');
    if (part === 'half') half = value;
    else if (part === 'offset') offset = value;
    else found[part] = value;
  }
  // Twelve stands for nought in either half of the day.
  const hour = half === null ? found.hour : (found.hour % 12) + half;
  const local = asUtc({ ...found, hour });
  if (local === null) return null;
  if (offset === null) return zonedInstant(local, zone);
  return local - offset >= 0 ? local - offset : null;
}

function offsetMs(text: string): number {
  if (text.length === 1) return 0;
  const size = (Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6))) * 60_000;
  return text.startsWith('-') ? -size : size;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
