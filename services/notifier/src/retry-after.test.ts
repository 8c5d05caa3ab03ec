import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');

test.each([
  { header: undefined, expected: undefined, why: 'not said' },
  { header: '30', expected: 30_000, why: 'seconds' },
  { header: ' 0 ', expected: 0, why: 'at once' },
  { header: 'Thu, 01 Jan 2026 00:01:00 GMT', expected: 60_000, why: 'a date' },
  { header: 'Wed, 31 Dec 2025 00:00:00 GMT', expected: 0, why: 'a date that is over' },
  { header: 'soon', expected: undefined, why: 'neither' },
  { header: '-5', expected: undefined, why: 'no number of seconds' },
])('$header: $why', ({ header, expected }) => {
  expect(retryAfterMs(header, nowMs)).toBe(expected);
});
