import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { startWebhookReceiver } from './webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

async function aReceiver(kept?: number) {
  const receiver = await startWebhookReceiver({ secret, ...(kept === undefined ? {} : { kept }) });
  onTestFinished(() => receiver.close());
  return receiver;
}

const aChange = (id: string) => ({
  id,
  customerId: 'c1',
  customerSeq: 1,
  type: 'demoted',
  toTier: 'base',
});

async function post(
  url: string,
  id: string,
  options: { body?: string; key?: string; at?: Date } = {},
): Promise<number> {
  const { key = secret, at = new Date() } = options;
  const body = options.body ?? JSON.stringify({ type: 'strata.tier.demoted', data: aChange(id) });
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(key).sign(id, at, body),
  };
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

test('takes a signed webhook and keeps what it said', async () => {
  const receiver = await aReceiver();
  expect(await post(receiver.url, '0.1.0')).toBe(204);
  expect(receiver.counts()).toEqual({ received: 1, repeats: 0, refused: 0 });
  expect(receiver.latest()).toEqual([
    { id: '0.1.0', type: 'strata.tier.demoted', data: aChange('0.1.0') },
  ]);
});

test('counts a repeat once and answers it all the same', async () => {
  const receiver = await aReceiver();
  await post(receiver.url, '0.1.0');
  expect(await post(receiver.url, '0.1.0')).toBe(204);
  expect(receiver.counts()).toEqual({ received: 1, repeats: 1, refused: 0 });
  expect(receiver.latest()).toHaveLength(1);
});

test.each([
  {
    why: 'another key',
    options: { key: `whsec_${Buffer.alloc(32, 4).toString('base64')}` },
    status: 401,
  },
  { why: 'too old', options: { at: new Date(Date.now() - 3_600_000) }, status: 401 },
  { why: 'no event', options: { body: '[]' }, status: 400 },
  { why: 'no JSON', options: { body: '{' }, status: 400 },
])('turns away what is signed and yet wrong: $why', async ({ options, status }) => {
  const receiver = await aReceiver();
  expect(await post(receiver.url, '0.1.0', options)).toBe(status);
  expect(receiver.counts()).toEqual({ received: 0, repeats: 0, refused: 1 });
});

test('takes a type of a later version and shows nothing of it', async () => {
  const receiver = await aReceiver();
  const body = JSON.stringify({ type: 'strata.tier.paused', data: {} });
  expect(await post(receiver.url, '0.1.0', { body })).toBe(204);
  expect(receiver.counts()).toEqual({ received: 0, repeats: 0, refused: 0 });
});

test('turns away what is not signed, not posted or too large', async () => {
  const receiver = await aReceiver();
  expect((await fetch(receiver.url, { method: 'POST', body: '{}' })).status).toBe(401);
  expect((await fetch(receiver.url)).status).toBe(405);
  expect(await post(receiver.url, '0.1.0', { body: 'x'.repeat(300_000) })).toBe(413);
  expect(receiver.counts()).toEqual({ received: 0, repeats: 0, refused: 3 });
});

test('keeps the last few, newest first, and counts all', async () => {
  const receiver = await aReceiver(2);
  for (const id of ['0.1.0', '0.2.0', '0.3.0']) await post(receiver.url, id);
  expect(receiver.counts().received).toBe(3);
  expect(receiver.latest().map(({ id }) => id)).toEqual(['0.3.0', '0.2.0']);
});
