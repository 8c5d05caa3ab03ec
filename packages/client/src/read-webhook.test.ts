import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { ClientFault } from './client-fault.ts';
import { WebhookReader } from './read-webhook.ts';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const NEXT_SECRET = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const NOW_MS = Date.UTC(2026, 0, 2);
const CHANGE = {
  id: '0.7.0',
  customerId: '客户-1',
  customerSeq: 3,
  type: 'promoted',
  fromTier: 'silver',
  toTier: 'gold',
};
const BODY = JSON.stringify({ type: 'strata.tier.promoted', data: CHANGE });

function signed(body: string, secret = SECRET, sentAtMs = NOW_MS): Record<string, string> {
  return {
    'webhook-id': '0.7.0',
    'webhook-timestamp': String(sentAtMs / 1000),
    'webhook-signature': new Webhook(secret).sign('0.7.0', new Date(sentAtMs), body),
  };
}

function aReader(...secrets: string[]): WebhookReader {
  return new WebhookReader({
    secrets: secrets.length === 0 ? [SECRET] : secrets,
    nowMs: () => NOW_MS,
  });
}

test('a signed tier change is read', () => {
  expect(aReader().read(signed(BODY), BODY)).toEqual({
    kind: 'tier-change',
    id: '0.7.0',
    sentAtMs: NOW_MS,
    isReplay: false,
    change: CHANGE,
  });
});

test('the body may be bytes, the headers those of fetch, in any case', () => {
  const { 'webhook-id': id, ...rest } = signed(BODY);
  const spelled = { 'Webhook-ID': id, ...rest, 'strata-replay': 'r1' };
  const bytes = new TextEncoder().encode(BODY);
  const expected = { kind: 'tier-change', isReplay: true };
  expect(aReader().read(spelled, bytes)).toMatchObject(expected);
  expect(aReader().read(new Headers(spelled as HeadersInit), bytes)).toMatchObject(expected);
});

describe('a secret that is being replaced', () => {
  test('either secret of the reader may fit', () => {
    const reader = aReader(SECRET, NEXT_SECRET);
    expect(reader.read(signed(BODY, SECRET), BODY).kind).toBe('tier-change');
    expect(reader.read(signed(BODY, NEXT_SECRET), BODY).kind).toBe('tier-change');
  });

  test.each([
    ['the right one last', [NEXT_SECRET, SECRET]],
    ['the right one first', [SECRET, NEXT_SECRET]],
  ])('any signature of the header may fit: %s', (_, secrets) => {
    const signatures = secrets.map((secret) => signed(BODY, secret)['webhook-signature']);
    const header = ['v1a,AAAA', ...signatures].join(' ');
    const headers = { ...signed(BODY), 'webhook-signature': header };
    expect(aReader().read(headers, BODY).kind).toBe('tier-change');
  });
});

describe('what is refused', () => {
  const withoutHeader = (name: string) => ({ ...signed(BODY), [name]: undefined });
  test.each([
    { why: 'no id', headers: withoutHeader('webhook-id') },
    { why: 'no timestamp', headers: withoutHeader('webhook-timestamp') },
    { why: 'no signature', headers: withoutHeader('webhook-signature') },
    { why: 'an empty signature', headers: { ...signed(BODY), 'webhook-signature': '' } },
  ])('$why', ({ headers }) => {
    expect(aReader().read(headers, BODY)).toMatchObject({ code: 'missing-header', status: 401 });
  });

  test.each([
    { why: 'too old', offsetMs: -301_000 },
    { why: 'too far ahead', offsetMs: 301_000 },
  ])('$why', ({ offsetMs }) => {
    const headers = signed(BODY, SECRET, NOW_MS + offsetMs);
    expect(aReader().read(headers, BODY)).toMatchObject({ code: 'stale', status: 401 });
  });

  test.each(['', 'soon', '1e9', '-1', '17000000000000'])('the timestamp %j', (timestamp) => {
    const headers = { ...signed(BODY), 'webhook-timestamp': timestamp };
    expect(aReader().read(headers, BODY).kind).toBe('refused');
  });

  test('five minutes are still taken', () => {
    for (const offsetMs of [-300_000, 300_000]) {
      const headers = signed(BODY, SECRET, NOW_MS + offsetMs);
      expect(aReader().read(headers, BODY).kind).toBe('tier-change');
    }
  });

  test.each([
    { why: 'another secret', headers: signed(BODY, NEXT_SECRET), body: BODY },
    { why: 'an altered body', headers: signed(BODY), body: BODY.replace('gold', 'base') },
    { why: 'another id', headers: { ...signed(BODY), 'webhook-id': '0.8.0' }, body: BODY },
    {
      why: 'another time within the tolerance',
      headers: { ...signed(BODY), 'webhook-timestamp': String(NOW_MS / 1000 - 1) },
      body: BODY,
    },
    {
      why: 'a version that is not known',
      headers: {
        ...signed(BODY),
        'webhook-signature': signed(BODY)['webhook-signature']?.replace('v1', 'v2'),
      },
      body: BODY,
    },
  ])('$why', ({ headers, body }) => {
    expect(aReader().read(headers, body)).toMatchObject({ code: 'wrong-signature', status: 401 });
  });

  test.each([
    { why: 'no JSON', body: '{' },
    { why: 'a list', body: '[]' },
    { why: 'null', body: 'null' },
    { why: 'no type', body: '{"data":{}}' },
    { why: 'a tier change without data', body: '{"type":"strata.tier.promoted"}' },
    { why: 'no customerSeq', body: BODY.replace('"customerSeq":3,', '') },
    { why: 'customerSeq as text', body: BODY.replace('"customerSeq":3', '"customerSeq":"3"') },
    { why: 'two types', body: BODY.replace('"type":"promoted"', '"type":"demoted"') },
  ])('signed, and $why', ({ body }) => {
    expect(aReader().read(signed(body), body)).toMatchObject({
      code: 'malformed-body',
      status: 400,
    });
  });

  test('bytes that are no UTF-8', () => {
    const bytes = Uint8Array.of(0x7b, 0xff, 0x7d);
    expect(aReader().read(signed(BODY), bytes)).toMatchObject({ code: 'malformed-body' });
  });
});

describe('what comes later', () => {
  test.each(['strata.tier.paused', 'strata.care.due', 'ping'])('the type %s is other', (type) => {
    const body = JSON.stringify({ type, data: { x: 1 } });
    expect(aReader().read(signed(body), body)).toMatchObject({
      kind: 'other',
      type,
      data: { x: 1 },
    });
  });

  test('unknown fields stay on the change', () => {
    const data = { ...CHANGE, cause: { kind: 'weather', ref: null }, mood: 'sunny' };
    const body = JSON.stringify({ type: 'strata.tier.promoted', data, extra: [] });
    expect(aReader().read(signed(body), body)).toMatchObject({ kind: 'tier-change', change: data });
  });
});

test.each([
  { secrets: [] },
  { secrets: [''] },
  { secrets: ['whsec_!secret!'] },
  { secrets: ['!secret!'] },
  { secrets: [SECRET.slice(0, 20)] },
  { secrets: [SECRET.replace('whsec_', '')] },
  { secrets: [`${SECRET} `] },
])('secrets that cannot be used are told, and not repeated: $secrets', ({ secrets }) => {
  const make = () => new WebhookReader({ secrets });
  expect(make).toThrow(ClientFault);
  expect(make).not.toThrow(/!secret!/);
});

test('a printed reader shows no secret', () => {
  expect(JSON.stringify(aReader())).toBe('{}');
});
