import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RealStack, waitFor } from './real-stack.ts';

interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

let stack: RealStack;
let host: string;
const received: Received[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = request.headers as Record<string, string>;
    received.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(204).end();
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stack = await RealStack.open({ USER: 'ann' });
  await stack.must('up', '--partitions', '4', '--time', 'data');
});
afterAll(async () => {
  await stack.close();
  server.close();
  server.closeAllConnections();
});

async function buy(customerId: string): Promise<void> {
  const event = {
    type: 'purchase',
    source: 'shop',
    eventId: customerId,
    customerId,
    occurredAt: '2026-01-02T00:00:00Z',
    orderId: customerId,
    amount: { minor: 500, currency: 'CNY' },
  };
  await writeFile(stack.path('events.ndjson'), `${JSON.stringify(event)}\n`);
  await stack.must('import', stack.path('events.ndjson'), '--format', 'events');
}

const at = (path: string) => received.filter((it) => it.path === path);

test('what is subscribed by a command is served at once, tested, and seen by the API', async () => {
  const { stdout } = await stack.must('subscription', 'add', 'shop', '--url', `${host}/shop`);
  await buy('c1');
  await waitFor(async () => at('/shop').length === 1, 'the webhook');
  const [{ headers, body }] = at('/shop') as [Received];
  expect(new Webhook(stdout.trim()).verify(body, headers)).toMatchObject({
    type: 'strata.tier.assigned',
    data: { customerId: 'c1' },
  });
  const tested = await stack.must('subscription', 'test', 'shop', '--json');
  expect(JSON.parse(tested.stdout)).toMatchObject({ outcome: 'delivered' });
  const status = JSON.parse((await stack.must('status', '--json')).stdout) as {
    api: { url: string; key: string };
  };
  const { url, key } = status.api;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, url), {
      ...init,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(init.headers as Record<string, string> | undefined),
      },
    });
  const shown = await ask('/v1/subscriptions/shop');
  expect([shown.status, shown.headers.get('etag')]).toEqual([200, '"1"']);
  const changed = await ask('/v1/subscriptions/shop', {
    method: 'PATCH',
    headers: { 'if-match': '"1"' },
    body: JSON.stringify({ types: ['promoted'] }),
  });
  expect(changed.status).toBe(200);
  const made = await ask('/v1/subscriptions', {
    method: 'POST',
    body: JSON.stringify({ id: 'by-http', url: `${host}/by-http` }),
  });
  expect(made.status).toBe(201);
  const { secret } = (await made.json()) as { secret: string };
  await buy('c2');
  await waitFor(async () => at('/by-http').length === 1, 'the webhook to the second endpoint');
  const [second] = at('/by-http') as [Received];
  new Webhook(secret).verify(second.body, second.headers);
  expect(at('/shop').some((it) => it.body.includes('"c2"'))).toBe(false);
  const history = await stack.must('subscription', 'history');
  expect(history.stdout).toMatch(/by-http +subscription-set +1 +api:/);
});
