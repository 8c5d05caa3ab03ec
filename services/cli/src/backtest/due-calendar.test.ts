import { expect, it } from 'vitest';
import { DueCalendar } from './due-calendar.ts';

const DAY = 86_400_000;

it('names who is due by a midnight, once, and finds the days on which nobody is', () => {
  const calendar = new DueCalendar();
  calendar.set('a', 2 * DAY + 5);
  calendar.set('b', 3 * DAY);
  calendar.set('c', 9 * DAY);
  calendar.set('gone', 2 * DAY);
  calendar.set('gone', null);
  expect(calendar.midnightWithDue(0, 100 * DAY)).toBe(3 * DAY);
  expect(calendar.advanceTo(3 * DAY)).toEqual(['a', 'b']);
  calendar.set('a', 20 * DAY);
  calendar.set('b', null);
  expect(calendar.midnightWithDue(3 * DAY, 8 * DAY)).toBeNull();
  expect(calendar.midnightWithDue(8 * DAY, 100 * DAY)).toBe(9 * DAY);
});

it('does not call early at an instant inside a day', () => {
  const calendar = new DueCalendar();
  calendar.set('a', DAY + 5);
  expect(calendar.advanceTo(DAY + 4)).toEqual([]);
  expect(calendar.advanceTo(DAY + 5)).toEqual(['a']);
});

it('asks again the next day where a hint stays behind the clock', () => {
  const calendar = new DueCalendar();
  calendar.set('a', DAY);
  expect(calendar.advanceTo(DAY)).toEqual(['a']);
  calendar.set('a', DAY);
  expect(calendar.midnightWithDue(DAY, 5 * DAY)).toBe(2 * DAY);
});
