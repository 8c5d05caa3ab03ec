import { DAY_MS, type Instant } from './instant.ts';

const QUARTER_MS = 900_000;

/**
 * The number of the local day of an instant in an IANA zone. Offsets change only on quarters of an hour, so the
 * answer of the platform's zone tables is asked once for each quarter and kept.
 */
export function localDayIn(timeZone: string): (at: Instant) => number {
  if (timeZone === 'UTC') return (at) => Math.floor(at / DAY_MS);
  const known = dayCaches.get(timeZone) ?? new Map<number, number>();
  dayCaches.set(timeZone, known);
  const format = formatOf(timeZone);
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    const day = known.get(quarter);
    if (day !== undefined) return day;
    if (known.size > QUARTERS_MAX) known.clear();
    const local = localDay(format, quarter * QUARTER_MS);
    known.set(quarter, local);
    return local;
  };
}

/** Two years of quarters. A cache of a pure function: it changes no answer. */
const QUARTERS_MAX = 70_000;
const dayCaches = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
  formats.set(timeZone, format);
  return format;
}

function localDay(format: Intl.DateTimeFormat, at: Instant): number {
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  const year = Number(parts.get('year'));
  return Math.floor(
    Date.UTC(year, Number(parts.get('month')) - 1, Number(parts.get('day'))) / DAY_MS,
  );
}
