import { expect, test } from 'vitest';
import { DAY_MS } from '../instant.ts';
import { civilDayOf, dayNumberOf, inYear } from './civil-day.ts';

test('days have the numbers that the platform gives them, in common, leap and century years', () => {
  for (let number = -400_000; number <= 400_000; number += 37) {
    const date = new Date(number * DAY_MS);
    const day = {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
    };
    expect(civilDayOf(number)).toEqual(day);
    expect(dayNumberOf(day)).toBe(number);
  }
});

test('29 February becomes 28 February in common years and comes back in leap years', () => {
  const leapDay = { year: 2024, month: 2, day: 29 };
  expect([2025, 2028, 2100, 2400].map((year) => inYear(leapDay, year).day)).toEqual([
    28, 29, 28, 29,
  ]);
});
