import type { Instant } from '@strata/domain';

const COMPACT_DATE = /^(\d{4})(\d\d)(\d\d)$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/;
const UTC = 'UTC';

/** The instant of `yyyymmdd` or `yyyy-mm-dd hh:mm:ss` in a zone; null for what is no such time or lies before 1970. */
export function zonelessInstant(text: string, timeZone: string): Instant | null {
  const match = COMPACT_DATE.exec(text) ?? DATE_TIME.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour, minute, second] = match
    .slice(1)
    .map((part) => (part === undefined ? 0 : Number(part)));
  const local = Date.UTC(year, month - 1, day, hour ?? 0, minute ?? 0, second ?? 0);
  const read = new Date(local);
  const isReal =
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    (hour ?? 0) < 24 &&
    (minute ?? 0) < 60 &&
    (second ?? 0) < 60;
  if (!isReal) return null;
  const instant = timeZone === UTC ? local : local - offsetAt(local, timeZone);
  return instant >= 0 ? instant : null;
}

/**
 * The zone's offset for a local time. Where clocks go back and a local time stands for two instants, the earlier
 * one is taken; a time that clocks skip is read with the offset before the change.
 */
function offsetAt(local: number, timeZone: string): number {
  const earlier = offsetOf(local - 86_400_000, timeZone);
  const later = offsetOf(local + 86_400_000, timeZone);
  if (earlier === later || offsetOf(local - earlier, timeZone) === earlier) return earlier;
  return offsetOf(local - later, timeZone) === later ? later : earlier;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function offsetOf(instant: Instant, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    formatters.set(timeZone, formatter);
  }
  const name = formatter.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value;
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name ?? '');
  const size = (Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0)) * 60_000;
  return match?.[1] === '-' ? -size : size;
}

export function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
