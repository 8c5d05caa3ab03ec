import { expect, test } from 'vitest';
import { DELIVERY_LADDER_MS, retryDelayMs } from './delivery-ladder.ts';

const hour = 3_600_000;
const ladderMs = [0, 1_000, 60_000];

test.each([
  { why: 'first rung', attempt: 1, afterMs: undefined, random: 0, expected: 1_000 },
  {
    why: 'jitter adds up to a fifth',
    attempt: 1,
    afterMs: undefined,
    random: 0.5,
    expected: 1_100,
  },
  { why: 'the receiver asks for more', attempt: 1, afterMs: 5_000, random: 0, expected: 5_000 },
  { why: 'the receiver asks for less', attempt: 2, afterMs: 5_000, random: 0, expected: 60_000 },
  { why: 'nonsense from the receiver', attempt: 1, afterMs: -5, random: 0, expected: 1_000 },
  { why: 'no parking for ever', attempt: 1, afterMs: 1e12, random: 0, expected: 24 * hour },
  { why: 'the ladder is spent', attempt: 3, afterMs: 5_000, random: 0, expected: null },
])('$why', ({ expected, attempt, afterMs, random }) => {
  expect(retryDelayMs({ ladderMs, attempt, afterMs, random })).toBe(expected);
});

test('the default ladder tries eight times over more than a day', () => {
  expect(DELIVERY_LADDER_MS).toHaveLength(8);
  expect(DELIVERY_LADDER_MS.reduce((sum, ms) => sum + ms)).toBeGreaterThan(24 * hour);
});
