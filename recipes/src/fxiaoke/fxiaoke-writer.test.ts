import { expect, onTestFinished, test } from 'vitest';
import { aChange } from '../builders/a-change.ts';
import { type FakeAnswer, startFake } from '../builders/fake-system.ts';
import { FxiaokeWriter } from './fxiaoke-writer.ts';

const TOKEN = '/oauth2.0/token';
const QUERY = '/cgi/crm/v2/data/query';
const UPDATE = '/cgi/crm/v2/data/update';
const OK = { errorCode: 0, errorMessage: 'success' };
const FOUND: FakeAnswer = { json: { ...OK, data: { dataList: [{ _id: 'r1' }] } } };
const CHANGE = aChange({ customerId: 'C-001' });

interface Told {
  readonly updates?: readonly FakeAnswer[];
  readonly query?: FakeAnswer;
  readonly customerField?: string;
}

async function aFxiaoke({ updates = [], query = FOUND, customerField = 'account_no' }: Told = {}) {
  let nowMs = 0;
  let tokens = 0;
  let updated = 0;
  const fake = await startFake(({ path }) => {
    if (path === TOKEN) {
      tokens += 1;
      return { json: { ...OK, accessToken: `t${tokens}`, ea: 'tea', expiresIn: 7_200 } };
    }
    if (path === QUERY) return query;
    updated += 1;
    return updates[updated - 1] ?? { json: OK };
  });
  onTestFinished(() => fake.close());
  const writer = new FxiaokeWriter({
    baseUrl: fake.url,
    appId: 'app',
    appSecret: 'secret',
    refreshToken: 'refresh',
    employeeId: '1000',
    customerField,
    tierField: 'account_level',
    tierValues: { gold: 'option_1', silver: 'option_2' },
    spacingMs: 0,
    nowMs: () => nowMs,
  });
  return { fake, writer, pass: (ms: number) => void (nowMs += ms) };
}

test('the record is looked up once, and its field updated', async () => {
  const { fake, writer } = await aFxiaoke();
  expect(await writer.write(CHANGE)).toEqual({ kind: 'written' });
  expect(await writer.write(aChange({ customerId: 'C-001', toTier: 'silver' }))).toEqual({
    kind: 'written',
  });
  const [token] = fake.heard(TOKEN);
  expect(token?.method).toBe('POST');
  expect(JSON.parse(token?.body ?? '')).toEqual({
    appId: 'app',
    appSecret: 'secret',
    grantType: 'refresh_token',
    refreshToken: 'refresh',
  });
  const queries = fake.heard(QUERY);
  expect(queries).toHaveLength(1);
  expect(JSON.parse(queries[0]?.body ?? '')).toEqual({
    data: {
      dataObjectApiName: 'AccountObj',
      find_explicit_total_num: false,
      search_query_info: {
        limit: 2,
        offset: 0,
        filters: [{ field_name: 'account_no', field_values: ['C-001'], operator: 'EQ' }],
        fieldProjection: ['_id', 'account_no'],
      },
    },
  });
  const updates = fake.heard(UPDATE);
  expect(updates.map(({ method }) => method)).toEqual(['POST', 'POST']);
  expect(updates[0]?.headers).toMatchObject({
    authorization: 'Bearer t1',
    'x-fs-ea': 'tea',
    'x-fs-userid': '1000',
    'content-type': 'application/json',
  });
  expect(JSON.parse(updates[0]?.body ?? '')).toEqual({
    triggerWorkFlow: true,
    triggerApprovalFlow: false,
    data: {
      object_data: { _id: 'r1', dataObjectApiName: 'AccountObj', account_level: 'option_1' },
      optionInfo: { isDuplicateSearch: false, useValidationRule: false, skipFuncValidate: false },
    },
  });
  expect(JSON.parse(updates[1]?.body ?? '').data.object_data.account_level).toBe('option_2');
});

test('no two requests have the same trace id', async () => {
  const { fake, writer } = await aFxiaoke();
  await writer.write(CHANGE);
  await writer.write(CHANGE);
  const ids = [TOKEN, QUERY, UPDATE].flatMap((path) =>
    fake.heard(path).map(({ query }) => query.get('thirdTraceId')),
  );
  expect(new Set(ids).size).toBe(4);
  expect(ids.every((id) => /^[0-9a-f-]{36}$/.test(id ?? ''))).toBe(true);
});

test('where the customer id is the record id nothing is looked up', async () => {
  const { fake, writer } = await aFxiaoke({ customerField: '_id' });
  await writer.write(CHANGE);
  expect(fake.heard(QUERY)).toEqual([]);
  expect(JSON.parse(fake.heard(UPDATE)[0]?.body ?? '').data.object_data._id).toBe('C-001');
});

test('a backfill starts no workflow', async () => {
  const { fake, writer } = await aFxiaoke();
  await writer.write(aChange({ backfill: true }));
  expect(JSON.parse(fake.heard(UPDATE)[0]?.body ?? '').triggerWorkFlow).toBe(false);
});

const EXPIRED: FakeAnswer = { json: { errorCode: 20016, errorMessage: 'accessToken 已过期' } };

test.each([
  { why: 'errorCode 20016', answer: EXPIRED },
  { why: 'the same in other words', answer: { json: { errorCode: 20016, errorMessage: 'ok' } } },
  { why: 'status 401', answer: { status: 401, json: {} } },
])('a token that is refused is renewed once: $why', async ({ answer }) => {
  const { fake, writer, pass } = await aFxiaoke({ updates: [{ json: OK }, answer] });
  await writer.write(CHANGE);
  pass(600_000);
  expect(await writer.write(CHANGE)).toEqual({ kind: 'written' });
  const used = fake.heard(UPDATE).map(({ headers }) => headers['authorization']);
  expect(used).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
});

test('a new token that is refused costs no further tokens', async () => {
  const { fake, writer } = await aFxiaoke({ updates: [EXPIRED, EXPIRED] });
  expect(await writer.write(CHANGE)).toMatchObject({ kind: 'later' });
  expect(await writer.write(CHANGE)).toMatchObject({ kind: 'later' });
  expect(fake.heard(TOKEN)).toHaveLength(1);
});

test('a token is renewed in the time in which another one is given', async () => {
  const { fake, writer, pass } = await aFxiaoke();
  await writer.write(CHANGE);
  pass(6_690_000);
  await writer.write(CHANGE);
  expect(fake.heard(TOKEN)).toHaveLength(1);
  pass(20_000);
  await writer.write(CHANGE);
  expect(fake.heard(TOKEN)).toHaveLength(2);
});

test.each([
  {
    why: 'too many requests, with Retry-After',
    answer: { status: 429, headers: { 'retry-after': '9' }, json: {} },
    outcome: { kind: 'later', afterMs: 9_000 },
  },
  {
    why: 'an errorCode, whatever the message says',
    answer: { json: { errorCode: 320_001_400, errorMessage: 'success' } },
    outcome: {
      kind: 'later',
      afterMs: 30_000,
      reason: 'Fxiaoke answered 200, errorCode 320001400',
    },
  },
  { why: 'no errorCode at all', answer: { json: {} }, outcome: { kind: 'later' } },
  { why: 'a fault of theirs', answer: { status: 502, json: {} }, outcome: { kind: 'later' } },
])('$why', async ({ answer, outcome }) => {
  const { writer } = await aFxiaoke({ updates: [answer] });
  expect(await writer.write(CHANGE)).toMatchObject(outcome);
});

test.each([
  { why: 'nobody', dataList: [] },
  { why: 'two', dataList: [{ _id: 'r1' }, { _id: 'r2' }] },
])('$why under this number is no customer to write to', async ({ dataList }) => {
  const { fake, writer } = await aFxiaoke({ query: { json: { ...OK, data: { dataList } } } });
  expect(await writer.write(CHANGE)).toMatchObject({ kind: 'impossible' });
  expect(fake.heard(UPDATE)).toEqual([]);
});

test('a tier without an option value is told, and nothing sent', async () => {
  const { fake, writer } = await aFxiaoke();
  expect(await writer.write(aChange({ toTier: 'jade' }))).toMatchObject({ kind: 'impossible' });
  expect(fake.heard(TOKEN)).toEqual([]);
});

test('one call at a time, and who comes when too many wait is sent away', async () => {
  const { fake, writer } = await aFxiaoke({ customerField: '_id' });
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, index) => writer.write(aChange({ customerSeq: index + 1 }))),
  );
  expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(6);
  expect(outcomes.filter(({ kind }) => kind === 'later')).toHaveLength(4);
  expect(fake.heard(UPDATE)).toHaveLength(6);
});
