import { DAY_MS, type Instant } from '../instant.ts';
import { civilDayOf, dayNumberOf, inYear } from './civil-day.ts';
import { type OffsetAt, offsetIn } from './zone-offset.ts';

/**
 * The instant of a local time, given as the milliseconds that it would have in UTC. A time that a change of the
 * clocks skips moves forward by the gap; of one that comes twice the earlier is meant. (Temporal calls this
 * "compatible".) Clocks never change twice within the day on either side that is looked at.
 */
export function instantOfLocal(offsetAt: OffsetAt, localMs: number): Instant {
  const before = offsetAt(localMs - DAY_MS);
  const after = offsetAt(localMs + DAY_MS);
  const meant = [localMs - before, localMs - after].filter((at) => at + offsetAt(at) === localMs);
  return meant.length === 0 ? localMs - before : Math.min(...meant);
}

/** Local midnight at which the first of January begins. */
export function newYearIn(timeZone: string, year: number): Instant {
  return instantOfLocal(offsetIn(timeZone), dayNumberOf({ year, month: 1, day: 1 }) * DAY_MS);
}

/** The first local 1 January 00:00 after an instant. */
export function newYearAfter(timeZone: string, at: Instant): Instant {
  // Clocks that are set back across midnight show the old year twice, so its end may lie behind already.
  const year = localYear(offsetIn(timeZone), at);
  return firstAfter(at, year, (it) => newYearIn(timeZone, it));
}

/** The first instant after `at` that lies a whole number of years, at least one, after `from`: same day, same local time. */
export function anniversaryAfter(timeZone: string, from: Instant, at: Instant): Instant {
  const offsetAt = offsetIn(timeZone);
  const localMs = from + offsetAt(from);
  const dayNumber = Math.floor(localMs / DAY_MS);
  const day = civilDayOf(dayNumber);
  const timeOfDay = localMs - dayNumber * DAY_MS;
  // One that was skipped on the last day of a year lies in the next.
  const first = Math.max(day.year + 1, localYear(offsetAt, at) - 1);
  return firstAfter(at, first, (year) =>
    instantOfLocal(offsetAt, dayNumberOf(inYear(day, year)) * DAY_MS + timeOfDay),
  );
}

function localYear(offsetAt: OffsetAt, at: Instant): number {
  return civilDayOf(Math.floor((at + offsetAt(at)) / DAY_MS)).year;
}

/** Goes up from a year that is not too late; three steps at most. */
function firstAfter(at: Instant, fromYear: number, instantIn: (year: number) => Instant): Instant {
  let year = fromYear;
  while (instantIn(year) <= at) year++;
  return instantIn(year);
}
