import { expect, test } from 'vitest';
import { SeededRandom } from './seeded-random.ts';

const DRAWS = 20_000;

function mean(draw: (random: SeededRandom) => number): number {
  const random = new SeededRandom(1);
  let sum = 0;
  for (let i = 0; i < DRAWS; i++) sum += draw(random);
  return sum / DRAWS;
}

test('a seed says all: the same numbers again, others for the seed beside it', () => {
  const first = (seed: number): number[] => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 5 }, () => random.uniform());
  };
  expect(first(1)).toEqual(first(1));
  expect(first(1)).not.toEqual(first(2));
});

test.each([
  { name: 'uniform', draw: (r: SeededRandom) => r.uniform(), expected: 0.5 },
  { name: 'integer', draw: (r: SeededRandom) => r.integer(1, 6), expected: 3.5 },
  { name: 'exponential', draw: (r: SeededRandom) => r.exponential(4), expected: 4 },
  { name: 'normal', draw: (r: SeededRandom) => 1 + r.normal(), expected: 1 },
  { name: 'gamma', draw: (r: SeededRandom) => r.gamma(3), expected: 3 },
  { name: 'gamma below one', draw: (r: SeededRandom) => r.gamma(0.5), expected: 0.5 },
  { name: 'beta', draw: (r: SeededRandom) => r.beta(1, 4), expected: 0.2 },
])('$name has the mean it should have', ({ draw, expected }) => {
  expect(Math.abs(mean(draw) / expected - 1)).toBeLessThan(0.04);
});

test('integers take both ends', () => {
  const random = new SeededRandom(3);
  const seen = new Set(Array.from({ length: 200 }, () => random.integer(1, 3)));
  expect([...seen].toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
});

test('there is nothing to pick from nothing', () => {
  expect(() => new SeededRandom(1).pick([])).toThrow(RangeError);
});
