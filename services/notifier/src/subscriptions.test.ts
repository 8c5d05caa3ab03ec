import { expect, test } from 'vitest';
import { NotifierFault } from './notifier-fault.ts';
import { parseSubscriptions } from './subscriptions.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const crm = { id: 'crm', url: 'https://crm.example.org/hook', secret };

function parse(value: unknown, isHttpAllowed = false) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return parseSubscriptions(text, { place: 'hooks.json', isHttpAllowed });
}

function refusal(value: unknown): string {
  try {
    parse(value);
  } catch (error) {
    expect(error).toBeInstanceOf(NotifierFault);
    return (error as NotifierFault).message;
  }
  throw new Error('The file was accepted.');
}

test('reads a subscription, with everything let through where nothing is said', () => {
  const [subscription] = parse([crm]);
  expect(subscription).toMatchObject({
    id: 'crm',
    types: null,
    tiers: null,
    directions: null,
    hasBackfill: false,
  });
  expect(subscription?.url.href).toBe(crm.url);
});

test.each([
  { why: 'no list', file: crm, words: 'the file: must be a list' },
  { why: 'no secret', file: [{ ...crm, secret: undefined }], words: '[0].secret: must be whsec_' },
  { why: 'a short secret', file: [{ ...crm, secret: 'whsec_c2hvcnQ=' }], words: '24 to 64' },
  { why: 'a relative url', file: [{ ...crm, url: '/hook' }], words: '[0].url: must be a whole' },
  { why: 'plain http', file: [{ ...crm, url: 'http://a.example' }], words: 'begin with https://' },
  { why: 'credentials', file: [{ ...crm, url: 'https://u:p@a.example' }], words: 'no user name' },
  { why: 'another scheme', file: [{ ...crm, url: 'file:///etc/passwd' }], words: 'https://' },
  { why: 'an unknown type', file: [{ ...crm, types: ['upgraded'] }], words: '[0].types[0]: must' },
  { why: 'an unknown field', file: [{ ...crm, tier: 'gold' }], words: '[0].tier: is no field' },
  { why: 'an id twice', file: [crm, crm], words: '[1].id: is taken' },
  { why: 'an id that no job id takes', file: [{ ...crm, id: 'a:b' }], words: '[0].id: must be' },
])('refuses $why and says where and what instead', ({ file, words }) => {
  expect(refusal(file)).toContain(words);
  expect(refusal(file)).toContain('hooks.json');
});

test.each([
  `[{"id": "crm", "secret": "${secret}" "url": ""}]`,
  `[{"secret": ${secret}}]`,
  JSON.stringify([{ ...crm, id: '', extra: secret }]),
])('no error repeats a secret', (text) => {
  expect(refusal(text)).not.toContain(secret.slice(6, 20));
});

test('a parsed subscription cannot print its secret', () => {
  expect(JSON.stringify(parse([crm]))).not.toContain(secret.slice(6));
});

test('http is for stacks that allow private addresses', () => {
  expect(parse([{ ...crm, url: 'http://127.0.0.1:9' }], true)).toHaveLength(1);
});
