import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, type Instant } from '../instant.ts';
import { localDayIn } from '../local-day.ts';
import { anniversaryAfter, instantOfLocal, newYearAfter } from './local-time.ts';
import { offsetIn } from './zone-offset.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const at = (text: string): Instant => Date.parse(text);
const localOf = (text: string): number => Date.parse(`${text}Z`);

/** What a clock on the wall shows, read from the platform in one text: no code is shared with what is tested. */
function wallClock(timeZone: string): (instant: Instant) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (instant) => format.format(instant).replace(' ', 'T');
}

const shown = (localMs: number): string => new Date(localMs).toISOString().slice(0, 19);

/** Every minute around a local time is looked at; zones with seconds are too old to matter here. */
function bySearch(timeZone: string, localMs: number): Instant {
  const clock = wallClock(timeZone);
  const wanted = shown(localMs);
  const from = localMs - 26 * HOUR_MS;
  let lastBefore = from;
  for (let instant = from; instant <= localMs + 26 * HOUR_MS; instant += MINUTE_MS) {
    const text = clock(instant);
    if (text === wanted) return instant;
    // The clocks skip the wanted time: it is as far after the last time shown before as it would have been.
    if (text < wanted) lastBefore = instant;
    else break;
  }
  return lastBefore + (localMs - localOf(clock(lastBefore)));
}

const ODD_ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'America/Caracas',
  'America/Havana',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Asia/Pyongyang',
  'Asia/Shanghai',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Europe/Dublin',
  'Europe/Lisbon',
  'Europe/Moscow',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
];

const anyZone = fc.oneof(
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
  fc.constantFrom(...ODD_ZONES),
);

/** A change of the clocks of a zone after an instant, by halving; the instant itself where none follows in a year. */
function changeAfter(timeZone: string, from: Instant): Instant {
  const offsetAt = offsetIn(timeZone);
  let low = from;
  let high = from;
  while (offsetAt(high) === offsetAt(from)) {
    low = high;
    high += 7 * DAY_MS;
    if (high > from + 366 * DAY_MS) return from;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === offsetAt(from)) low = middle;
    else high = middle;
  }
  return high;
}

const minutes = (from: string, to: string) =>
  fc.integer({ min: at(from) / MINUTE_MS, max: at(to) / MINUTE_MS }).map((it) => it * MINUTE_MS);

describe('local time', () => {
  test('is what the platform shows, in every zone', () => {
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      const clock = wallClock(timeZone);
      const offsetAt = offsetIn(timeZone);
      for (let instant = at('1890-03-04T05:06:07Z'); instant < at('2090-01-01T00:00:00Z'); ) {
        expect([timeZone, shown(instant + offsetAt(instant))]).toEqual([timeZone, clock(instant)]);
        instant += 1_357 * DAY_MS + 12_345_000;
      }
    }
  });

  test('is what the platform shows around every change of the clocks, also off the quarters of an hour', () => {
    fc.assert(
      fc.property(anyZone, minutes('1973-01-01T00:00Z', '2045-01-01T00:00Z'), (zone, instant) => {
        const clock = wallClock(zone);
        const offsetAt = offsetIn(zone);
        const change = changeAfter(zone, instant);
        for (const near of [change - 1_000, change, change + 1_000, change + 14 * MINUTE_MS]) {
          expect([zone, shown(near + offsetAt(near))]).toEqual([zone, clock(near)]);
        }
      }),
    );
  });

  test('a local time means the instant that shows it, the earlier of two, and moves on where it is skipped', () => {
    const aboutHours = fc.integer({ min: -8, max: 8 }).map((it) => it * 15 * MINUTE_MS);
    const since1973 = minutes('1973-01-01T00:00Z', '2045-01-01T00:00Z');
    fc.assert(
      fc.property(anyZone, since1973, aboutHours, (zone, instant, shift) => {
        const change = changeAfter(zone, instant);
        const localMs = change + offsetIn(zone)(change) + shift;
        expect([zone, instantOfLocal(offsetIn(zone), localMs)]).toEqual([
          zone,
          bySearch(zone, localMs),
        ]);
      }),
    );
  });

  test.each([
    ['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:30:00Z', 'skipped: on to 03:30'],
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00Z', 'twice: the earlier'],
    ['Australia/Lord_Howe', '2026-10-04T02:15:00', '2026-10-03T15:45:00Z', 'a gap of half an hour'],
    ['America/St_Johns', '1995-04-02T00:01:00', '1995-04-02T03:31:00Z', 'at 00:01: on to 01:01'],
    ['Pacific/Apia', '2011-12-30T12:00:00', '2011-12-30T22:00:00Z', 'a whole day skipped'],
    ['Asia/Shanghai', '1986-05-04T02:30:00', '1986-05-03T18:30:00Z', 'summer time long given up'],
    [
      'Asia/Pyongyang',
      '2015-08-15T00:00:00',
      '2015-08-14T15:30:00Z',
      'after the half-hour that came twice',
    ],
  ])('%s %s is %s (%s)', (zone, local, expected) => {
    expect(new Date(instantOfLocal(offsetIn(zone), localOf(local))).toISOString()).toBe(
      new Date(expected).toISOString(),
    );
  });

  test('local days begin at local midnight', () => {
    const dayOf = localDayIn('Asia/Shanghai');
    expect(dayOf(at('2026-01-01T16:00:00Z')) - dayOf(at('2026-01-01T15:59:59.999Z'))).toBe(1);
  });
});

describe('years', () => {
  test.each([
    ['UTC', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['UTC', '2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00Z'],
    ['Asia/Shanghai', '2025-12-31T15:59:59.999Z', '2025-12-31T16:00:00Z'],
    ['Asia/Shanghai', '2025-12-31T16:00:00Z', '2026-12-31T16:00:00Z'],
    ['Pacific/Kiritimati', '1994-12-30T00:00:00Z', '1994-12-31T10:00:00Z'],
  ])('in %s the first new year after %s is %s', (zone, after, expected) => {
    expect(newYearAfter(zone, at(after))).toBe(at(expected));
  });

  test.each([
    ['UTC', '2024-02-29T10:00:00Z', '2024-02-29T10:00:00Z', '2025-02-28T10:00:00Z'],
    ['UTC', '2024-02-29T10:00:00Z', '2027-06-01T00:00:00Z', '2028-02-29T10:00:00Z'],
    ['UTC', '2024-05-05T10:00:00Z', '2025-05-05T09:59:59.999Z', '2025-05-05T10:00:00Z'],
    ['UTC', '2024-05-05T10:00:00Z', '2025-05-05T10:00:00Z', '2026-05-05T10:00:00Z'],
    ['UTC', '2024-05-05T10:00:00Z', '2020-01-01T00:00:00Z', '2025-05-05T10:00:00Z'],
    // 02:30 in summer time, which in 2026 begins the day after: the same local time, another offset.
    ['Europe/Berlin', '2025-03-30T00:30:00Z', '2026-01-01T00:00:00Z', '2026-03-30T00:30:00+01:00'],
    // 02:30 on 29 March is skipped in 2026 alone, and is back in 2027.
    [
      'Europe/Berlin',
      '2024-03-29T02:30:00+01:00',
      '2026-01-01T00:00Z',
      '2026-03-29T03:30:00+02:00',
    ],
    [
      'Europe/Berlin',
      '2024-03-29T02:30:00+01:00',
      '2026-06-01T00:00Z',
      '2027-03-29T02:30:00+02:00',
    ],
  ])('in %s the first year end of %s after %s is %s', (zone, from, ...[after, expected]) => {
    expect(new Date(anniversaryAfter(zone, at(from), at(after))).toISOString()).toBe(
      new Date(expected).toISOString(),
    );
  });

  test('come in order and none is left out, in every zone', () => {
    const someTime = fc.integer({ min: at('1975-01-01T00:00Z'), max: at('2040-01-01T00:00Z') });
    fc.assert(
      fc.property(anyZone, someTime, fc.boolean(), (zone, from, isCalendar) => {
        const next = (after: Instant): Instant =>
          isCalendar ? newYearAfter(zone, after) : anniversaryAfter(zone, from, after);
        let last = isCalendar ? next(from) : from;
        for (let k = 1; k <= 9; k++) {
          const end = next(last);
          expect(Math.abs(end - last - 365.5 * DAY_MS)).toBeLessThanOrEqual(2 * DAY_MS);
          expect(next(end - 1)).toBe(end);
          last = end;
        }
      }),
    );
  });
});
