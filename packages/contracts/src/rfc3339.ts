import type { Instant } from '@strata/domain';

const FORM = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** The form alone, for readers of the published contract. */
export const RFC3339_PATTERN = FORM.source;
const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Last instant that RFC 3339 can write in UTC. */
export const LAST_INSTANT: Instant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Epoch milliseconds of an RFC 3339 time with an offset, null for anything else. Digits behind the
 * milliseconds are cut. Instants before 1970 and leap seconds are refused: no source of ours has
 * them, a broken clock does.
 */
export function parseRfc3339(text: string): Instant | null {
  if (!FORM.test(text)) return null;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return null;
  const offset = offsetMs(text);
  if (offset === null) return null;
  const instant = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds(text)) - offset;
  return instant >= 0 && instant <= LAST_INSTANT ? instant : null;
}

/** RFC 3339 in UTC with milliseconds. */
export function formatRfc3339(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** The number that two digits write. */
function two(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1969 || month < 1 || month > 12 || day < 1) return false;
  if (month !== 2 || day < 29) return day <= (DAYS_OF_MONTH[month - 1] ?? 0);
  return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function milliseconds(text: string): number {
  if (text.charCodeAt(19) !== POINT) return 0;
  let value = 0;
  for (let at = 20; at < 23; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    // A shorter fraction is followed by the offset.
    if (digit < 0 || digit > 9) return value * 10 ** (23 - at);
    value = value * 10 + digit;
  }
  return value;
}

function offsetMs(text: string): number | null {
  const sign = text.charCodeAt(text.length - 6);
  if (text.charCodeAt(text.length - 1) > 0x39) return 0;
  const hours = two(text, text.length - 5);
  const minutes = two(text, text.length - 2);
  if (hours > 23 || minutes > 59) return null;
  const size = (hours * 60 + minutes) * 60_000;
  return sign === MINUS ? -size : size;
}
