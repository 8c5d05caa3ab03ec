import { expect, test } from 'vitest';
import { languageOf } from './language.ts';

test.each([
  { asked: 'zh', header: 'en', language: 'zh', why: 'the address decides' },
  { asked: 'fr', header: 'zh-CN', language: 'zh', why: 'an unknown wish is none' },
  { asked: null, header: 'zh-CN,zh;q=0.9,en;q=0.8', language: 'zh', why: 'the first wish' },
  { asked: null, header: 'en;q=0.5, zh-TW;q=0.7', language: 'zh', why: 'the larger quality' },
  { asked: null, header: 'fr, zh;q=0', language: 'en', why: 'zero is a refusal' },
  { asked: null, header: undefined, language: 'en', why: 'nothing is wished' },
])('$asked and $header: $why', ({ asked, header, language }) => {
  expect(languageOf(asked, header)).toBe(language);
});
