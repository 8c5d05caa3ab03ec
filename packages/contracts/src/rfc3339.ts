import type { Instant } from '@strata/domain';

const FORM =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
/** The form alone, for readers of the published contract. */
export const RFC3339_PATTERN = FORM.source;
/** Last instant that RFC 3339 can write in UTC. */
export const LAST_INSTANT: Instant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Epoch milliseconds of an RFC 3339 time with an offset, null for anything else. Digits behind the
 * milliseconds are cut. Instants before 1970 and leap seconds are refused: no source of ours has
 * them, a broken clock does.
 */
export function parseRfc3339(text: string): Instant | null {
  const parts = FORM.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((i) => Number(parts[i]));
  if (!isDay(year ?? 0, month ?? 0, day ?? 0)) return null;
  if ((hour ?? 24) > 23 || (minute ?? 60) > 59 || (second ?? 60) > 59) return null;
  const milliseconds = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const local = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, milliseconds);
  const offset = offsetMs(parts[8], Number(parts[9] ?? 0), Number(parts[10] ?? 0));
  if (offset === null) return null;
  const instant = local - offset;
  return instant >= 0 && instant <= LAST_INSTANT ? instant : null;
}

/** RFC 3339 in UTC with milliseconds. */
export function formatRfc3339(instant: Instant): string {
  return new Date(instant).toISOString();
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1969 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function offsetMs(sign: string | undefined, hours: number, minutes: number): number | null {
  if (hours > 23 || minutes > 59) return null;
  const size = (hours * 60 + minutes) * 60_000;
  return sign === '-' ? -size : size;
}
