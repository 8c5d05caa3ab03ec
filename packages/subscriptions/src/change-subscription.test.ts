import { TOPICS, type WireRecord } from '@strata/contracts';
import { MemoryLog, MemoryLogReader, MemoryLogWriter } from '@strata/memory';
import { expect, test } from 'vitest';
import { askSubscription, changeSubscription, type WriterPorts } from './change-subscription.ts';
import { contentChange, creation, removal, standingChange } from './subscription-changes.ts';
import { checkContent, type SubscriptionContent } from './subscription-content.ts';
import { SubscriptionLedger } from './subscription-ledger.ts';
import { sealFor, unsealFor } from './webhook-secret.ts';

const serde = {
  prepare: async () => {},
  encode: (record: WireRecord) => Buffer.from(JSON.stringify(record)),
  decode: (bytes: Uint8Array) =>
    JSON.parse(Buffer.from(bytes).toString(), (_key, value: unknown) =>
      isBuffer(value) ? Buffer.from(value.data) : value,
    ) as WireRecord,
};

function isBuffer(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
}

function aTopic(): WriterPorts {
  let nowMs = 1_000;
  const log = new MemoryLog({ nowMs: () => (nowMs += 10) });
  log.createTopic(TOPICS.subscriptions, 1);
  return { reader: new MemoryLogReader(log), writer: new MemoryLogWriter(log), serde };
}

const rules = { isHttpAllowed: false, arePrivateAddressesAllowed: false };
const written = checkContent({ url: 'https://a.example/hook' }, rules) as {
  content: SubscriptionContent;
};
const crm = { id: 'crm', actor: 'ann', reason: null };
const begin = creation('crm', written.content, Buffer.of(1));

test('a change is there for whoever reads next, with version and actor', async () => {
  const ports = aTopic();
  expect(await changeSubscription(ports, crm, begin)).toMatchObject({
    version: 1,
    standing: 'active',
  });
  await changeSubscription(ports, crm, standingChange('crm', 'subscription-paused'));
  const ledger = new SubscriptionLedger(ports);
  await ledger.readOn();
  expect(ledger.present()).toMatchObject([
    { id: 'crm', version: 2, standing: 'paused', changedBy: 'ann' },
  ]);
});

test('of two writers who saw the same, one is told that the other was first', async () => {
  const ports = aTopic();
  await changeSubscription(ports, crm, begin);
  const both = Promise.allSettled(
    [3, 4].map((concurrency) =>
      changeSubscription(
        ports,
        crm,
        contentChange('crm', (content) => ({ ...content, concurrency })),
      ),
    ),
  );
  const [first, second] = await both;
  expect(first).toMatchObject({
    status: 'fulfilled',
    value: { version: 2, content: { concurrency: 3 } },
  });
  expect(second).toMatchObject({ status: 'rejected', reason: { refusal: 'changed-meanwhile' } });
});

test.each([
  { why: 'a second beginning', change: begin, refusal: 'exists' },
  {
    why: 'resuming what runs',
    change: standingChange('crm', 'subscription-resumed'),
    refusal: 'not-paused',
  },
  {
    why: 'enabling what runs',
    change: standingChange('crm', 'subscription-enabled'),
    refusal: 'not-disabled',
  },
])('$why is refused, and nothing is written', async ({ change, refusal }) => {
  const ports = aTopic();
  await changeSubscription(ports, crm, begin);
  await expect(changeSubscription(ports, crm, change)).rejects.toMatchObject({ refusal });
  expect(await ports.reader.bounds(TOPICS.subscriptions)).toEqual([{ start: 0, end: 1 }]);
});

test('a change whose acknowledgement was lost is told as what it is', async () => {
  const ports = aTopic();
  const send = ports.writer.send.bind(ports.writer);
  const lossy = (isAppended: boolean): WriterPorts => ({
    ...ports,
    writer: {
      send: async (records) => {
        if (isAppended) await send(records);
        throw new Error('no acknowledgement');
      },
    },
  });
  expect(await changeSubscription(lossy(true), crm, begin)).toMatchObject({ version: 1 });
  await expect(changeSubscription(lossy(false), crm, removal('crm'))).rejects.toThrow(
    'no acknowledgement',
  );
});

test('another version than the expected one is refused', async () => {
  const ports = aTopic();
  await changeSubscription(ports, crm, begin);
  const request = { ...crm, expectedVersion: 2 };
  await expect(changeSubscription(ports, request, removal('crm'))).rejects.toMatchObject({
    refusal: 'changed-meanwhile',
  });
});

test('of what is gone nothing can be asked', async () => {
  const ports = aTopic();
  await changeSubscription(ports, crm, begin);
  await changeSubscription(ports, crm, removal('crm'));
  await expect(askSubscription(ports, crm, { kind: 'test-asked' })).rejects.toMatchObject({
    refusal: 'unknown',
  });
});

test('what is sealed for one subscription opens for no other', () => {
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 255);
  const sealed = sealFor(flip, 'crm', 'whsec_x');
  expect(unsealFor(flip, 'crm', sealed)).toBe('whsec_x');
  expect(() => unsealFor(flip, 'care', sealed)).toThrow('not one of subscription care');
});

test.each([
  {
    why: 'a private address',
    body: { url: 'https://127.0.0.1/x' },
    path: ['url'],
    says: 'private',
  },
  {
    why: 'one of IPv6',
    body: { url: 'https://[::1]/' },
    path: ['url'],
    says: 'private',
  },
  { why: 'plain http', body: { url: 'http://a.example' }, path: ['url'], says: 'https://' },
  {
    why: 'credentials',
    body: { url: 'https://u:p@a.example' },
    path: ['url'],
    says: 'no user name',
  },
  {
    why: 'a misspelt field',
    body: { url: 'https://a.example', tier: 'gold' },
    path: ['tier'],
    says: 'no field',
  },
  {
    why: 'too many in flight',
    body: { url: 'https://a.example', concurrency: 51 },
    path: ['concurrency'],
    says: '1 to 50',
  },
  {
    why: 'an unknown type',
    body: { url: 'https://a.example', types: ['upgraded'] },
    path: ['types', 0],
    says: 'must be of',
  },
])('content is refused with its place: $why', ({ body, path, says }) => {
  const checked = checkContent(body, rules);
  expect(checked).toMatchObject({ problems: [{ path, sentence: expect.stringContaining(says) }] });
});
