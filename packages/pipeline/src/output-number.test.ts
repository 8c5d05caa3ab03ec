import { expect, test } from 'vitest';
import { SerdeFault } from './faults.ts';
import { freshnessOf, outputNumberOf } from './output-number.ts';

const headers = (text: string) => ({ headers: { 'strata-seq': new TextEncoder().encode(text) } });

test.each([
  { last: null, next: { epoch: 1, seq: 9 }, expected: 'fresh', why: 'nothing was seen before' },
  {
    last: { epoch: 1, seq: 4 },
    next: { epoch: 1, seq: 5 },
    expected: 'fresh',
    why: 'the next one',
  },
  { last: { epoch: 1, seq: 4 }, next: { epoch: 1, seq: 4 }, expected: 'repeat', why: 'the same' },
  { last: { epoch: 1, seq: 4 }, next: { epoch: 1, seq: 2 }, expected: 'repeat', why: 'older' },
  { last: { epoch: 1, seq: 4 }, next: { epoch: 1, seq: 6 }, expected: 'gap', why: '5 is missing' },
  { last: { epoch: 2, seq: 1 }, next: { epoch: 1, seq: 9 }, expected: 'repeat', why: 'old epoch' },
  { last: { epoch: 1, seq: 9 }, next: { epoch: 2, seq: 1 }, expected: 'fresh', why: 'new epoch' },
])('$next after $last is $expected: $why', ({ last, next, expected }) => {
  expect(freshnessOf(last, next)).toBe(expected);
});

test('reads the number from the header', () => {
  expect(outputNumberOf(headers('2.1234567'))).toEqual({ epoch: 2, seq: 1_234_567 });
});

test.each([
  { why: 'absent', record: { headers: {} } },
  { why: 'no number', record: headers('1.x1') },
  { why: 'half a number', record: headers('7') },
  { why: 'longer than any number of ours', record: headers(`1.${'9'.repeat(400)}`) },
])('refuses a header that is $why', ({ record }) => {
  expect(() => outputNumberOf(record)).toThrow(SerdeFault);
});
