import { expect, test } from 'vitest';
import { sortedInSlices } from './sorted-in-slices.ts';

async function gathered(values: readonly number[], every: number): Promise<readonly number[][]> {
  const slices: number[][] = [];
  for await (const slice of sortedInSlices(values, (a, b) => a - b, every)) slices.push([...slice]);
  return slices;
}

test.each([0, 1, 2, 7, 10, 11, 100, 1_003])('%d values come in order, in slices', async (count) => {
  const values = Array.from({ length: count }, (_, n) => (n * 7_919) % 1_009);
  const before = [...values];
  const slices = await gathered(values, 10);
  expect(slices.flat()).toEqual(values.toSorted((a, b) => a - b));
  expect(slices.slice(0, -1).every(({ length }) => length === 10)).toBe(true);
  expect(values).toEqual(before);
});

test('others have their turn in between', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  await gathered(
    Array.from({ length: 200_000 }, (_, n) => (n * 7_919) % 200_003),
    1_000,
  );
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
