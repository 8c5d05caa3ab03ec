import { expect, onTestFinished, test } from 'vitest';
import { aChange } from '../builders/a-change.ts';
import { type FakeAnswer, startFake } from '../builders/fake-system.ts';
import { ZohoWriter } from './zoho-writer.ts';

const TOKEN_PATH = '/oauth/v2/token';
const RECORD_PATH = '/crm/v8/Accounts';
const DONE: FakeAnswer = { json: { data: [{ code: 'SUCCESS', status: 'success' }] } };

interface Told {
  readonly answers?: readonly FakeAnswer[];
  readonly token?: FakeAnswer;
}

/** Answers the calls on records in turn, then with success; tokens are numbered. */
async function aZoho({ answers = [], token }: Told = {}) {
  let nowMs = 0;
  let tokens = 0;
  let records = 0;
  const fake = await startFake(({ path }) => {
    if (path === TOKEN_PATH) {
      if (token !== undefined) return token;
      tokens += 1;
      const json = { access_token: `t${tokens}`, api_domain: fake.url.href, expires_in: 3_600 };
      return { json };
    }
    records += 1;
    return answers[records - 1] ?? DONE;
  });
  onTestFinished(() => fake.close());
  const writer = new ZohoWriter({
    accountsUrl: fake.url,
    clientId: 'id',
    clientSecret: 'secret&1',
    refreshToken: 'refresh',
    module: 'Accounts',
    tierValues: { gold: 'A', silver: 'B' },
    nowMs: () => nowMs,
  });
  return { fake, writer, pass: (ms: number) => void (nowMs += ms) };
}

test('a record is updated by its id, with the token of the refresh token', async () => {
  const { fake, writer } = await aZoho();
  expect(await writer.write(aChange())).toEqual({ kind: 'written' });
  const [token] = fake.heard(TOKEN_PATH);
  expect(token?.method).toBe('POST');
  expect(token?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
    grant_type: 'refresh_token',
    client_id: 'id',
    client_secret: 'secret&1',
    refresh_token: 'refresh',
  });
  const [put] = fake.heard(RECORD_PATH);
  expect(put?.method).toBe('PUT');
  expect(put?.headers['authorization']).toBe('Zoho-oauthtoken t1');
  expect(put?.headers['content-type']).toBe('application/json');
  expect(JSON.parse(put?.body ?? '')).toEqual({
    data: [
      {
        id: '4876876000000333001',
        Tier: 'A',
        Tier_Since: '2026-01-02',
        Tier_Version: 3,
        Tier_Event_Id: '0.3.0',
        Tier_Reason: 'promoted (event)',
      },
    ],
    trigger: ['workflow'],
  });
});

test('a backfill starts no workflow', async () => {
  const { fake, writer } = await aZoho();
  await writer.write(aChange({ backfill: true }));
  expect(JSON.parse(fake.heard(RECORD_PATH)[0]?.body ?? '').trigger).toEqual([]);
});

test('one token serves all, and is renewed before it ends', async () => {
  const { fake, writer, pass } = await aZoho();
  await Promise.all([1, 2, 3].map((seq) => writer.write(aChange({ customerSeq: seq }))));
  expect(fake.heard(TOKEN_PATH)).toHaveLength(1);
  pass(3_530_000);
  await writer.write(aChange());
  expect(fake.heard(TOKEN_PATH)).toHaveLength(1);
  pass(20_000);
  await writer.write(aChange());
  expect(fake.heard(TOKEN_PATH)).toHaveLength(2);
  expect(fake.heard(RECORD_PATH).at(-1)?.headers['authorization']).toBe('Zoho-oauthtoken t2');
});

const INVALID_TOKEN: FakeAnswer = { status: 401, json: { code: 'INVALID_TOKEN' } };

test('a token that is refused is renewed, and the call made again', async () => {
  const { fake, writer, pass } = await aZoho({ answers: [DONE, INVALID_TOKEN] });
  await writer.write(aChange());
  pass(600_000);
  expect(await writer.write(aChange())).toEqual({ kind: 'written' });
  const used = fake.heard(RECORD_PATH).map(({ headers }) => headers['authorization']);
  expect(used).toEqual(['Zoho-oauthtoken t1', 'Zoho-oauthtoken t1', 'Zoho-oauthtoken t2']);
});

test('a new token that is refused costs no further tokens', async () => {
  const { fake, writer } = await aZoho({ answers: [INVALID_TOKEN, INVALID_TOKEN, INVALID_TOKEN] });
  for (const _ of [1, 2, 3]) {
    expect(await writer.write(aChange())).toMatchObject({ kind: 'later', afterMs: 60_000 });
  }
  expect(fake.heard(TOKEN_PATH)).toHaveLength(1);
});

test('a refresh token that is refused is told by 200 and an error', async () => {
  const { fake, writer } = await aZoho({ token: { json: { error: 'invalid_code' } } });
  expect(await writer.write(aChange())).toMatchObject({ kind: 'later', afterMs: 60_000 });
  expect(fake.heard(RECORD_PATH)).toEqual([]);
});

const TOO_MANY = { code: 'TOO_MANY_REQUESTS' };
test.each([
  {
    why: 'too many requests, with Retry-After',
    answer: { status: 429, headers: { 'retry-after': '7' }, json: TOO_MANY },
    outcome: { kind: 'later', afterMs: 7_000 },
  },
  {
    why: 'too many requests, without',
    answer: { status: 429, json: TOO_MANY },
    outcome: { kind: 'later', afterMs: 60_000 },
  },
  { why: 'a fault of theirs', answer: { status: 500, json: {} }, outcome: { kind: 'later' } },
  { why: 'moved meanwhile', answer: { status: 412, json: {} }, outcome: { kind: 'later' } },
  {
    why: '207, and this record was not written',
    answer: { status: 207, json: { data: [{ code: 'INVALID_DATA', status: 'error' }] } },
    outcome: { kind: 'impossible', reason: 'Zoho answered 207 INVALID_DATA' },
  },
  {
    why: '200 that says nothing of the record',
    answer: { json: {} },
    outcome: { kind: 'impossible' },
  },
  {
    why: 'a scope that is missing',
    answer: { status: 403, json: { code: 'OAUTH_SCOPE_MISMATCH' } },
    outcome: { kind: 'impossible' },
  },
])('$why', async ({ answer, outcome }) => {
  const { writer } = await aZoho({ answers: [answer] });
  expect(await writer.write(aChange())).toMatchObject(outcome);
});

test.each([
  { why: 'a tier without a value', change: aChange({ toTier: 'jade' }) },
  { why: 'a prototype key as tier', change: aChange({ toTier: 'constructor' }) },
  { why: 'an id that is none of Zoho', change: aChange({ customerId: 'c1"},{"id":"1' }) },
])('$why makes no call', async ({ change }) => {
  const { fake, writer } = await aZoho();
  expect(await writer.write(change)).toMatchObject({ kind: 'impossible' });
  expect(fake.heard(TOKEN_PATH)).toEqual([]);
});

test('nobody answers', async () => {
  const { fake, writer } = await aZoho();
  await fake.close();
  expect(await writer.write(aChange())).toMatchObject({ kind: 'later', afterMs: 60_000 });
});
