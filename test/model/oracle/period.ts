import type { Instant } from '@strata/domain';

import type { NaivePolicy } from './grammar.ts';

/** The instants at which a policy that does not roll looks whether a tier is still deserved. */
export interface Anchors {
  /** The first assignment under a policy for existing customers. */
  readonly joinedAt: Instant | null;
  readonly since: Instant;
}

/** The first end of a period after `after`. At the very instant of `since` none ends. */
export function nextPeriodEnd(
  { lifecycle: { qualification }, timeZone }: NaivePolicy,
  { joinedAt, since }: Anchors,
  after: Instant,
): Instant {
  if (qualification === 'rolling') return Number.POSITIVE_INFINITY;
  const start = qualification === 'tier_anniversary' ? since : joinedAt;
  if (qualification !== 'calendar' && start === null) return Number.POSITIVE_INFINITY;
  const anchor =
    qualification === 'calendar'
      ? { year: 1, month: 1, day: 1, timeOfDay: 0 }
      : wallTimeOf(start as Instant, timeZone);
  const firstYear = wallTimeOf(after, timeZone).year - 1;
  for (let year = Math.max(firstYear, anchor.year + 1); ; year++) {
    const end = instantOf({ ...anchor, year }, timeZone);
    if (end > after && end !== since) return end;
  }
}

interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly timeOfDay: number;
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** What the clock on the wall shows, as if it were UTC. */
function wallOf({ year, month, day, timeOfDay }: WallTime): number {
  const isMissing = month === 2 && day === 29 && !isLeap(year);
  return Date.UTC(year, month - 1, isMissing ? 28 : day) + timeOfDay;
}

const DAY = 86_400_000;

function wallTimeOf(at: Instant, timeZone: string): WallTime {
  const wall = at + offsetAt(at, timeZone);
  const date = new Date(wall);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    timeOfDay: ((wall % DAY) + DAY) % DAY,
  };
}

/**
 * Of two instants that show this wall time the earlier; where none does, because the clock is put forward over it, as
 * much later as the clock is put forward, which is what the offset of before the gap gives.
 */
function instantOf(wallTime: WallTime, timeZone: string): Instant {
  const wall = wallOf(wallTime);
  const offsets = [offsetAt(wall - DAY, timeZone), offsetAt(wall + DAY, timeZone)];
  const showing = offsets
    .map((offset) => wall - offset)
    .filter((at) => at + offsetAt(at, timeZone) === wall);
  return showing.length > 0 ? Math.min(...showing) : wall - (offsets[0] as number);
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** The clock is put forward or back at whole quarters of an hour only. */
function offsetAt(at: Instant, timeZone: string): number {
  const quarter = Math.floor(at / 900_000) * 900_000;
  const key = `${timeZone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = askedOffsetAt(quarter, timeZone);
  offsets.set(key, offset);
  return offset;
}

function askedOffsetAt(at: Instant, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}
