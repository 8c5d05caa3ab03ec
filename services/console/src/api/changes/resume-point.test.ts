import { expect, test } from 'vitest';
import { parseResumePoint, type ResumePoint, resumePointText } from './resume-point.ts';

const point: ResumePoint = [
  { next: 0, last: null },
  { next: 127, last: { epoch: 1, seq: 128 } },
  { next: 2 ** 40 + 5, last: { epoch: 3, seq: 2 ** 33 } },
];

test('a point comes back as it was, whatever the numbers', () => {
  expect(parseResumePoint(resumePointText(point), 3)).toEqual(point);
});

test('a point of 32 partitions that are far on stays short enough for a header', () => {
  const far = Array.from({ length: 32 }, () => ({ next: 5e9, last: { epoch: 2, seq: 5e9 } }));
  expect(resumePointText(far).length).toBeLessThan(600);
});

test.each([
  ['', 'nothing'],
  ['!', 'no base64url'],
  [resumePointText(point).slice(0, -2), 'cut'],
  [`${resumePointText(point)}AA`, 'longer'],
  [Buffer.from([2, 3]).toString('base64url'), 'another format'],
  [
    Buffer.from([1, 3, ...Array.from({ length: 40 }, () => 255)]).toString('base64url'),
    'too large',
  ],
])('%s is none: %s', (text) => {
  expect(parseResumePoint(text, 3)).toBeNull();
});

test('a point of another number of partitions is none', () => {
  expect(parseResumePoint(resumePointText(point), 4)).toBeNull();
});
