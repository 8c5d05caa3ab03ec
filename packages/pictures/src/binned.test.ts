import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binned, edgesOf } from './binned.ts';

test('edges are round and hold the lowest and the highest value', () => {
  const edges = edgesOf(113, 497);
  expect([edges[0], edges[1], edges.at(-1)]).toEqual([100, 120, 500]);
});

test('a value on an edge belongs above it, the highest to the last bin', () => {
  expect(binned([0, 9, 10, 19, 20], [0, 10, 20])).toEqual([
    { from: 0, to: 10, count: 2 },
    { from: 10, to: 20, count: 3 },
  ]);
});

test('one value alone has a bin', () => {
  const bins = binned([7, 7], edgesOf(7, 7));
  expect(bins.filter(({ count }) => count > 0).map(({ count }) => count)).toEqual([2]);
});

test('every value is in exactly one bin', () => {
  const value = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((milli) => milli / 1_000);
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), (values) => {
      const bins = binned(values, edgesOf(Math.min(...values), Math.max(...values)));
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      for (const { from, to } of bins) expect(from).toBeLessThan(to);
    }),
  );
});
