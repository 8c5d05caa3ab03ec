import { expect, it } from 'vitest';
import { instantReader, isTimePattern } from './time-pattern.ts';

const DAY_FIRST = 'yyyyMMdd';
const TO_SECONDS = 'yyyy-MM-dd HH:mm:ss';

function iso(text: string, patterns: string | readonly string[], zone = 'UTC'): string | null {
  const list = typeof patterns === 'string' ? [patterns] : patterns;
  const instant = instantReader(list, zone)(text);
  return instant === null ? null : new Date(instant).toISOString();
}

it.each([
  { text: '19970101', is: '1997-01-01T00:00:00.000Z', why: 'only the day is known' },
  { text: '20230229', is: null, why: '2023 has no 29 February' },
  { text: '20240229', is: '2024-02-29T00:00:00.000Z', why: '2024 has one' },
  { text: '19691231', is: null, why: 'before 1970' },
  { text: '01/12/2010', is: null, why: 'another form' },
])('$text is $is: $why', ({ text, is }) => {
  expect(iso(text, DAY_FIRST)).toBe(is);
});

it.each([
  { text: '2010-12-01 08:26:00', zone: 'UTC', is: '2010-12-01T08:26:00.000Z', why: 'UTC' },
  {
    text: '2026-07-01 00:30:00',
    zone: 'Asia/Shanghai',
    is: '2026-06-30T16:30:00.000Z',
    why: 'a zone without summer time',
  },
  {
    text: '2026-07-01 00:30:00',
    zone: 'Europe/London',
    is: '2026-06-30T23:30:00.000Z',
    why: 'summer time',
  },
  {
    text: '2026-10-25 01:30:00',
    zone: 'Europe/London',
    is: '2026-10-25T00:30:00.000Z',
    why: 'the earlier of the two instants',
  },
  {
    text: '2026-10-25 02:30:00',
    zone: 'Europe/London',
    is: '2026-10-25T02:30:00.000Z',
    why: 'clocks have gone back',
  },
  { text: '2010-12-01 24:00:00', zone: 'UTC', is: null, why: 'no such hour' },
])('$text in $zone is $is: $why', ({ text, zone, is }) => {
  expect(iso(text, TO_SECONDS, zone)).toBe(is);
});

it.each([
  { pattern: 'd/M/yyyy HH:mm', text: '29/2/2016 01:16', is: '2016-02-29T01:16:00.000Z' },
  { pattern: 'MMM d, yyyy hh:mm a', text: 'Feb 29, 2016 12:16 AM', is: '2016-02-29T00:16:00.000Z' },
  { pattern: 'MMM d, yyyy h:mm a', text: 'feb 9, 2016 12:16 pm', is: '2016-02-09T12:16:00.000Z' },
  { pattern: 'MMMM d yyyy', text: 'March 9 2016', is: '2016-03-09T00:00:00.000Z' },
  { pattern: "yyyy'年'M'月'd'日'", text: '2026年1月2日', is: '2026-01-02T00:00:00.000Z' },
  {
    pattern: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    text: '2026-01-02T03:04:05.678+08:00',
    is: '2026-01-01T19:04:05.678Z',
  },
  { pattern: 'rfc3339', text: '2026-01-02T03:04:05Z', is: '2026-01-02T03:04:05.000Z' },
  { pattern: 'rfc3339', text: '2026-01-02 03:04:05', is: null },
  { pattern: 'epoch-ms', text: '1767322800000', is: '2026-01-02T03:00:00.000Z' },
  { pattern: 'epoch-s', text: '1767322800', is: '2026-01-02T03:00:00.000Z' },
  { pattern: 'epoch-s', text: '17.5', is: null },
])('$text as $pattern is $is', ({ pattern, text, is }) => {
  expect(iso(text, pattern)).toBe(is);
});

it('takes the first of several patterns that fits, and remembers no text for another', () => {
  const read = instantReader([TO_SECONDS, 'yyyy-MM-dd'], 'UTC');
  expect(read('2026-01-02')).toBe(Date.UTC(2026, 0, 2));
  expect(read('nonsense')).toBe(null);
  expect(read('nonsense')).toBe(null);
  expect(read('2026-01-02')).toBe(Date.UTC(2026, 0, 2));
});

it.each(['', 'HH:mm', 'yyyy-MM', 'yyyy-mm-dd', 'dd/MM/yy', 'yyyy-MM-dd hh:mm', "yyyy-MM-dd 'T"])(
  "'%s' is no pattern: it names no day, or one part twice or in half",
  (pattern) => {
    expect(isTimePattern(pattern)).toBe(false);
  },
);
