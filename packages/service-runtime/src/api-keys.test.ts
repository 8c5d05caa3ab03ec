import { expect, test } from 'vitest';
import { type ApiKey, apiKeysText, createApiKey, findApiKey, parseApiKeys } from './api-keys.ts';

const shop = createApiKey({ name: 'shop', sources: ['shop', 'pos'] });
const desk = createApiKey({ name: 'desk-2', sources: ['desk'], eventsPerSecond: 5, burst: 50 });
const ring = (keys: readonly ApiKey[]) => new Map(keys.map((key) => [key.name, key]));

test('a file of keys holds no token, and each token finds its key', () => {
  const text = apiKeysText([shop.key, desk.key]);
  expect(text).not.toContain(shop.token);
  const keys = ring(parseApiKeys(text, 'keys.json'));
  expect(findApiKey(keys, shop.token)).toEqual(shop.key);
  expect(findApiKey(keys, desk.token)).toMatchObject({ sources: ['desk'], burst: 50 });
});

test.each([
  '',
  'strata_shop_',
  `${shop.token}x`,
  shop.token.replace('_shop_', '_desk-2_'),
  createApiKey({ name: 'shop', sources: ['shop'] }).token,
  createApiKey({ name: 'nobody', sources: ['shop'] }).token,
])('no other token finds one: %#', (token) => {
  expect(findApiKey(ring([shop.key, desk.key]), token)).toBeNull();
});

test.each([
  ['not json', 'it is not JSON'],
  ['{"format":2,"keys":[]}', 'format'],
  [apiKeysText([shop.key, shop.key]), 'two keys of one name'],
  [apiKeysText([{ ...shop.key, sources: [] }]), 'keys.0.sources'],
  [apiKeysText([{ ...shop.key, name: 'Shop_1' }]), 'keys.0.name'],
  [apiKeysText([shop.key]).replace('"burst"', '"bust"'), 'keys.0'],
])('says where a file is wrong: %#', (text, place) => {
  expect(() => parseApiKeys(text, 'keys.json')).toThrow(`keys.json cannot be used: `);
  expect(() => parseApiKeys(text, 'keys.json')).toThrow(place);
});
