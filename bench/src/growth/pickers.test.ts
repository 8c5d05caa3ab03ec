import { expect, test } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { uniformPicker, zipfPicker } from './pickers.ts';

const CUSTOMERS = 1_000;
const DRAWS = 200_000;

function countsOf(pick: (draw: number) => number): number[] {
  const random = seededRandom(1);
  const counts = Array.from({ length: CUSTOMERS }, () => 0);
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const at = pick(random());
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.toSorted((a, b) => b - a);
}

test('Zipf draws the second half as often as the first, the tenth a tenth as often', () => {
  const counts = countsOf(zipfPicker(CUSTOMERS));
  const [first = 0, second = 0] = counts;
  expect(second / first).toBeCloseTo(0.5, 1);
  expect((counts[9] ?? 0) / first).toBeCloseTo(0.1, 1);
  // The harmonic number of 1,000 is 7.485.
  expect(first / DRAWS).toBeCloseTo(1 / 7.485, 2);
});

test('uniform draws everybody about as often', () => {
  const counts = countsOf(uniformPicker(CUSTOMERS));
  expect((counts[0] ?? 0) / (counts.at(-1) ?? 0)).toBeLessThan(2);
});

test('neither draws anybody beyond the last, whatever comes', () => {
  for (const pick of [zipfPicker(7), uniformPicker(7)]) {
    for (const draw of [0, 0.5, 1 - Number.EPSILON / 2]) {
      expect(pick(draw)).toBeGreaterThanOrEqual(0);
      expect(pick(draw)).toBeLessThan(7);
    }
  }
});
