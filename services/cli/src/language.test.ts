import { expect, it } from 'vitest';
import { languageOf } from './language.ts';

it.each([
  { env: {}, language: 'en', why: 'nothing is set' },
  { env: { LANG: 'zh_CN.UTF-8' }, language: 'zh', why: 'LANG says so' },
  { env: { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, language: 'en', why: 'LC_ALL comes first' },
  { env: { LANG: 'en_US', LC_MESSAGES: 'zh_TW' }, language: 'zh', why: 'LC_MESSAGES before LANG' },
  { env: { LC_ALL: '', LANG: 'zh' }, language: 'zh', why: 'an empty variable is none' },
])('$env is $language: $why', ({ env, language }) => {
  expect(languageOf(env)).toBe(language);
});
