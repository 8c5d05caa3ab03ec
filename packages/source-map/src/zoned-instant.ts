import type { Instant } from '@strata/domain';

const DAY_MS = 86_400_000;
const UTC = 'UTC';

/** A date and time of day as a clock on a wall shows them. */
export interface LocalTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** The local time as if it were UTC; null for what no calendar or clock shows. */
export function asUtc(local: LocalTime): number | null {
  const { year, month, day, hour, minute, second, millisecond } = local;
  const instant = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const read = new Date(instant);
  const isReal =
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return isReal ? instant : null;
}

/** The instant of a local time in a zone; null for what lies before 1970. */
export function zonedInstant(local: number, timeZone: string): Instant | null {
  const instant = timeZone === UTC ? local : local - offsetAt(local, timeZone);
  return instant >= 0 ? instant : null;
}

/**
 * The zone's offset for a local time. Where clocks go back and a local time stands for two instants, the earlier
 * one is taken; a time that clocks skip is read with the offset before the change.
 */
function offsetAt(local: number, timeZone: string): number {
  const earlier = offsetOf(local - DAY_MS, timeZone);
  const later = offsetOf(local + DAY_MS, timeZone);
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
  const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/.exec(name ?? '');
  const [, sign, hours = 0, minutes = 0, seconds = 0] = match ?? [];
  const size = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  return sign === '-' ? -size : size;
}
