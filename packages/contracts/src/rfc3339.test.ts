import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRfc3339, LAST_INSTANT, parseRfc3339 } from './rfc3339.ts';

test.each([
  ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z', 'milliseconds'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z', 'no fraction'],
  ['2026-01-02T03:04:05.6Z', '2026-01-02T03:04:05.600Z', 'one digit'],
  ['2026-01-02T03:04:05.678999999Z', '2026-01-02T03:04:05.678Z', 'nanoseconds are cut'],
  ['2026-01-02t03:04:05z', '2026-01-02T03:04:05.000Z', 'small letters are allowed'],
  ['2026-01-02T03:04:05+08:00', '2026-01-01T19:04:05.000Z', 'east of Greenwich'],
  ['2026-01-02T03:04:05-03:30', '2026-01-02T06:34:05.000Z', 'half an hour'],
  ['2026-01-02T03:04:05-00:00', '2026-01-02T03:04:05.000Z', 'unknown local offset'],
  ['1969-12-31T19:00:00-05:00', '1970-01-01T00:00:00.000Z', 'the first instant'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z', 'a leap day'],
])('reads %s as %s: %s', (text, utc) => {
  expect(formatRfc3339(parseRfc3339(text) ?? Number.NaN)).toBe(utc);
});

test.each([
  ['2026-01-02T03:04:05', 'no offset'],
  ['2026-01-02 03:04:05Z', 'a space for the T'],
  ['2026-01-02', 'a date alone'],
  ['2026-02-29T00:00:00Z', 'no leap year'],
  ['2026-13-01T00:00:00Z', 'no such month'],
  ['2026-00-01T00:00:00Z', 'no month zero'],
  ['2026-01-00T00:00:00Z', 'no day zero'],
  ['2026-01-01T24:00:00Z', 'no hour 24'],
  ['2026-01-01T00:60:00Z', 'no minute 60'],
  ['2026-12-31T23:59:60Z', 'a leap second'],
  ['2026-01-01T00:00:00+24:00', 'no such offset'],
  ['2026-01-01T00:00:00+0800', 'an offset without a colon'],
  ['1969-12-31T23:59:59Z', 'before 1970'],
  ['0001-01-01T00:00:00Z', 'a default of some languages'],
  ['1767323045678', 'epoch milliseconds'],
  ['', 'nothing'],
])('refuses %s: %s', (text) => {
  expect(parseRfc3339(text)).toBeNull();
});

test('reads back every instant it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LAST_INSTANT }), (instant) => {
      expect(parseRfc3339(formatRfc3339(instant))).toBe(instant);
    }),
  );
});
