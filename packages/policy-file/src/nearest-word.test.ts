import { expect, it } from 'vitest';
import { nearestWord } from './nearest-word.ts';

it.each([
  { word: 'othervise', known: ['of', 'otherwise'], nearest: 'otherwise', why: 'one letter wrong' },
  { word: 'glod', known: ['gold', 'silver'], nearest: 'gold', why: 'two letters changed places' },
  { word: 'colour', known: ['of', 'steps'], nearest: null, why: 'nothing is near' },
  { word: 'Gold', known: ['gold'], nearest: 'gold', why: 'capitals do not count' },
])('$word is $nearest: $why', ({ word, known, nearest }) => {
  expect(nearestWord(word, known)).toBe(nearest);
});
