import { DAY_MS, type Instant, SECOND_MS } from '../instant.ts';
import { dayNumberOf } from './civil-day.ts';

/** How far the local time of a zone is ahead of UTC at an instant, in milliseconds. */
export type OffsetAt = (at: Instant) => number;

const SECONDS_PER_DAY = 86_400;

/** Before every zone's first change each had its own mean solar time, and Intl counts no years before the first. */
const OLDEST_MS = -5_364_662_400_000;

/** A hundred years. A cache of a pure function: it changes no answer. */
const DAYS_MAX = 36_525;
const zones = new Map<string, OffsetAt>();

/** The offsets of an IANA zone, from the platform's tables: asked once for each day, and kept. */
export function offsetIn(timeZone: string): OffsetAt {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  const offsetAt = timeZone === 'UTC' ? () => 0 : rememberedByDay(readerOf(timeZone));
  zones.set(timeZone, offsetAt);
  return offsetAt;
}

/**
 * A day on whose both ends the offset is the same has no other, because clocks do not change twice in a day. On
 * the few others the tables are asked: changes come at any minute (Newfoundland's once came one past midnight).
 */
function rememberedByDay(read: OffsetAt): OffsetAt {
  const days = new Map<number, number | null>();
  return (at) => {
    const from = Math.max(at, OLDEST_MS);
    const day = Math.floor(from / DAY_MS);
    let offset = days.get(day);
    if (offset === undefined) {
      const start = read(day * DAY_MS);
      offset = start === read((day + 1) * DAY_MS) ? start : null;
      if (days.size > DAYS_MAX) days.clear();
      days.set(day, offset);
    }
    return offset ?? read(from);
  };
}

function readerOf(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = new Map<string, number>();
    for (const { type, value } of format.formatToParts(at)) parts.set(type, Number(value));
    const part = (type: string): number => parts.get(type) as number;
    const day = dayNumberOf({ year: part('year'), month: part('month'), day: part('day') });
    const local =
      day * SECONDS_PER_DAY + part('hour') * 3_600 + part('minute') * 60 + part('second');
    return (local - Math.floor(at / SECOND_MS)) * SECOND_MS;
  };
}
