import { expect, test } from 'vitest';
import { html, shownName } from './markup.ts';

test('everything put in is escaped, except markup', () => {
  const inner = html`<b>${'<script>'}</b>`;
  expect(String(html`<p title="${`"'&`}">${inner}${[1, '<', null]}</p>`)).toBe(
    '<p title="&quot;&#39;&amp;"><b>&lt;script&gt;</b>1&lt;</p>',
  );
});

test.each([
  { name: '林记茶行', shown: '林记茶行', why: 'letters of any script stay' },
  { name: 'a\u202Eb', shown: 'a\uFFFDb', why: 'it would turn the text around' },
  { name: 'a\u0000\nb', shown: 'a\uFFFD\uFFFDb', why: 'control characters' },
  { name: 'a\u200Bb', shown: 'a\uFFFDb', why: 'invisible, so that two ids look the same' },
  { name: '\uD800', shown: '\uFFFD', why: 'half a character' },
])('$name is shown as $shown: $why', ({ name, shown }) => {
  expect(shownName(name)).toBe(shown);
});

test('a long name is cut by characters', () => {
  expect(Array.from(shownName('𠮷'.repeat(100)))).toHaveLength(48);
});
