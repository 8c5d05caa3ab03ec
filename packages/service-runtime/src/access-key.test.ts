import { expect, test } from 'vitest';
import { findKey, keyFileText, parseKeyFile } from './access-key.ts';
import { API_KEYS, createApiKey } from './api-keys.ts';
import { createIntakeKey, INTAKE_KEYS, type IntakeKey } from './intake-keys.ts';

const shop = createIntakeKey({ name: 'shop', sources: ['shop', 'pos'] });
const desk = createIntakeKey({ name: 'desk-2', sources: ['desk'], eventsPerSecond: 5, burst: 50 });
const ring = (keys: readonly IntakeKey[]) => new Map(keys.map((key) => [key.name, key]));

test('a file of keys holds no token, and each token finds its key', () => {
  const text = keyFileText([shop.key, desk.key]);
  expect(text).not.toContain(shop.token);
  const keys = ring(parseKeyFile(INTAKE_KEYS, text, 'keys.json'));
  expect(findKey(keys, shop.token)).toEqual(shop.key);
  expect(findKey(keys, desk.token)).toMatchObject({ sources: ['desk'], burst: 50 });
});

test.each([
  '',
  'strata_shop_',
  `${shop.token}x`,
  shop.token.replace('_shop_', '_desk-2_'),
  createIntakeKey({ name: 'shop', sources: ['shop'] }).token,
  createIntakeKey({ name: 'nobody', sources: ['shop'] }).token,
])('no other token finds one: %#', (token) => {
  expect(findKey(ring([shop.key, desk.key]), token)).toBeNull();
});

test.each([
  ['not json', 'it is not JSON'],
  ['{"format":2,"keys":[]}', 'format'],
  [keyFileText([shop.key, shop.key]), 'two keys of one name'],
  [keyFileText([{ ...shop.key, sources: [] }]), 'keys.0.sources'],
  [keyFileText([{ ...shop.key, name: 'Shop_1' }]), 'keys.0.name'],
  [keyFileText([shop.key]).replace('"burst"', '"bust"'), 'keys.0'],
])('says where a file is wrong: %#', (text, place) => {
  expect(() => parseKeyFile(INTAKE_KEYS, text, 'keys.json')).toThrow(`keys.json cannot be used: `);
  expect(() => parseKeyFile(INTAKE_KEYS, text, 'keys.json')).toThrow(place);
});

test('a key of the API has scopes of the closed list, and is no key of the intake', () => {
  const { key, token } = createApiKey({ name: 'crm', scopes: ['profiles:read'] });
  const text = keyFileText([key]);
  const [read] = parseKeyFile(API_KEYS, text, 'api.json');
  expect(read).toMatchObject({ scopes: ['profiles:read'], requestsPerSecond: 200, burst: 1_000 });
  expect(findKey(new Map([[key.name, key]]), token)).toEqual(key);
  expect(() => parseKeyFile(INTAKE_KEYS, text, 'api.json')).toThrow('./strata intake-key add');
  const other = text.replace('profiles:read', 'profiles:write');
  expect(() => parseKeyFile(API_KEYS, other, 'api.json')).toThrow('keys.0.scopes.0');
});
