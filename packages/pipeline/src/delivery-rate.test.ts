import { expect, test } from 'vitest';
import { rateWindow } from './delivery-rate.ts';

test.each([
  [5, 5, 1_000],
  [2.5, 2, 800],
  [1, 1, 1_000],
  [0.1, 1, 10_000],
])('%d a second is %d in %d ms', (perSecond, max, windowMs) => {
  expect(rateWindow(perSecond)).toEqual({ max, windowMs });
});
