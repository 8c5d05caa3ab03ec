import { expect, test } from 'vitest';
import { portOf, textOf, tierValuesOf, urlOf } from './settings.ts';

test('settings that are right are read', () => {
  const env = { A: 'a', URL: 'https://example.com', TIERS: '{"gold":"A"}', PORT: '8080' };
  expect(textOf(env, 'A')).toBe('a');
  expect(urlOf(env, 'URL').host).toBe('example.com');
  expect(tierValuesOf(env, 'TIERS')).toEqual({ gold: 'A' });
  expect(portOf(env)).toBe(8_080);
  expect(portOf({})).toBe(9_000);
});

test.each([
  { why: 'missing', read: () => textOf({}, 'A'), says: /^A: is missing; set it\.\nA：未设置/ },
  { why: 'no address', read: () => urlOf({ A: 'x' }, 'A'), says: /whole address/ },
  { why: 'no web address', read: () => urlOf({ A: 'file:///' }, 'A'), says: /whole address/ },
  { why: 'no object', read: () => tierValuesOf({ A: '[]' }, 'A'), says: /JSON object/ },
  { why: 'no texts', read: () => tierValuesOf({ A: '{"a":1}' }, 'A'), says: /JSON object/ },
  { why: 'no JSON', read: () => tierValuesOf({ A: 'a=1' }, 'A'), says: /JSON object/ },
  { why: 'no port', read: () => portOf({ PORT: '65536' }), says: /up to 65535/ },
])('$why is told with its name and the remedy', ({ read, says }) => {
  expect(read).toThrow(says);
});
