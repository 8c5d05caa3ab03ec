import { expect, test } from 'vitest';
import { isNewer, parseOutputNumber } from './output-number.ts';

test.each([
  { why: 'the first of all', last: null, next: { epoch: 1, seq: 9 }, isTaken: true },
  { why: 'the next', last: { epoch: 1, seq: 9 }, next: { epoch: 1, seq: 10 }, isTaken: true },
  { why: 'a gap', last: { epoch: 1, seq: 9 }, next: { epoch: 1, seq: 12 }, isTaken: true },
  { why: 'the same', last: { epoch: 1, seq: 9 }, next: { epoch: 1, seq: 9 }, isTaken: false },
  { why: 'an older one', last: { epoch: 1, seq: 9 }, next: { epoch: 1, seq: 8 }, isTaken: false },
  { why: 'a new epoch', last: { epoch: 1, seq: 9 }, next: { epoch: 2, seq: 1 }, isTaken: true },
  { why: 'an old epoch', last: { epoch: 2, seq: 1 }, next: { epoch: 1, seq: 99 }, isTaken: false },
])('$why', ({ last, next, isTaken }) => {
  expect(isNewer(last, next)).toBe(isTaken);
});

test('the header is read as text and as bytes', () => {
  expect(parseOutputNumber('3.14')).toEqual({ epoch: 3, seq: 14 });
  expect(parseOutputNumber(new TextEncoder().encode('3.14'))).toEqual({ epoch: 3, seq: 14 });
});

test.each([undefined, '', '3', '3.', '-1.2', '1.2.3', '1.9999999999999999', 'a.b'])(
  'no number: %s',
  (header) => {
    expect(parseOutputNumber(header)).toBeNull();
  },
);
