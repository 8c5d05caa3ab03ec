import { expect, test } from 'vitest';
import { LABEL_NAMES_MAX, LabelNames, OTHER_LABEL, UNKNOWN_LABEL } from './label-names.ts';

test('names that were configured are all there are', () => {
  const names = new LabelNames(['shop', 'desk']);
  names.learn('app');
  expect(['shop', 'desk', 'app', null].map((name) => names.labelOf(name))).toEqual([
    'shop',
    'desk',
    OTHER_LABEL,
    UNKNOWN_LABEL,
  ]);
});

test('else the first so many are learned, and no more', () => {
  const names = new LabelNames();
  for (let n = 0; n < 1_000; n += 1) names.learn(`source-${n}`);
  const labels = new Set(Array.from({ length: 1_000 }, (_, n) => names.labelOf(`source-${n}`)));
  expect(labels.size).toBe(LABEL_NAMES_MAX + 1);
  expect(names.labelOf('source-0')).toBe('source-0');
  expect(names.labelOf('source-999')).toBe(OTHER_LABEL);
});

test('a name that was only asked for is not learned', () => {
  const names = new LabelNames();
  expect(names.labelOf('c1')).toBe(OTHER_LABEL);
  expect(names.knows('c1')).toBe(false);
});
