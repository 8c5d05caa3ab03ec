import { expect, test } from 'vitest';
import { shortText } from './short-text.ts';

test.each([
  { text: 'Platinum', columns: 8, shown: 'Platinum', why: 'it fits' },
  { text: 'Platinum', columns: 6, shown: 'Plati…', why: 'the mark takes a column' },
  { text: '白金客户', columns: 8, shown: '白金客户', why: 'each takes two' },
  { text: '白金客户', columns: 7, shown: '白金客…', why: 'the mark takes what is left' },
  { text: '白金客户', columns: 6, shown: '白金…', why: 'half a character is none' },
  { text: '', columns: 3, shown: '', why: 'nothing to cut' },
])('$text in $columns columns is $shown: $why', ({ text, columns, shown }) => {
  expect(shortText(text, columns)).toBe(shown);
});
