import { expect, it } from 'vitest';
import { nearestWord } from './nearest-word.ts';

it.each([
  { word: 'othervise', known: ['of', 'otherwise'], nearest: 'otherwise', why: 'one letter wrong' },
  { word: 'glod', known: ['gold', 'silver'], nearest: 'gold', why: 'two letters changed places' },
  { word: 'colour', known: ['of', 'steps'], nearest: null, why: 'nothing is near' },
  { word: 'cn', known: ['zh', 'en'], nearest: null, why: 'two letters say too little' },
  { word: 'grace_period', known: ['grace', 'minimum_stay'], nearest: 'grace', why: 'it begins so' },
  { word: 'at_risk', known: ['at_risk_notice'], nearest: 'at_risk_notice', why: 'it breaks off' },
  { word: 'mini', known: ['minimum_stay', 'minimum'], nearest: null, why: 'two begin so' },
  { word: 'Gold', known: ['gold'], nearest: 'gold', why: 'capitals do not count' },
])('$word is $nearest: $why', ({ word, known, nearest }) => {
  expect(nearestWord(word, known)).toBe(nearest);
});
