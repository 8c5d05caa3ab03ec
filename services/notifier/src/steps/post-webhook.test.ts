import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebhookPoster } from './post-webhook.ts';

async function receiver(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

function aPoster(timeoutMs = 5_000): WebhookPoster {
  const poster = new WebhookPoster({ timeoutMs, isPrivateAllowed: true, nowMs: () => 0 });
  onTestFinished(() => poster.close());
  return poster;
}

const post = (poster: WebhookPoster, url: URL) => poster.post({ url, headers: {}, body: '{}' });

test.each([408, 409, 425, 429, 500, 502, 503])('status %i is tried again', async (status) => {
  const url = await receiver((_request, response) => void response.writeHead(status).end());
  expect(await post(aPoster(), url)).toEqual({ kind: 'retry', reason: `status-${status}` });
});

test('Retry-After is passed on', async () => {
  const url = await receiver(
    (_request, response) => void response.writeHead(503, { 'retry-after': '7' }).end(),
  );
  expect(await post(aPoster(), url)).toMatchObject({ kind: 'retry', afterMs: 7_000 });
});

const ELSEWHERE = ['/elsewhere', '//169.254.169.254/latest/meta-data', 'http://localhost/'];

test.each([301, 302, 303, 307, 308])('a redirect by %i is not followed', async (status) => {
  const visited: (string | undefined)[] = [];
  const url = await receiver((request, response) => {
    const location = ELSEWHERE[visited.length];
    visited.push(request.url);
    response.writeHead(status, { location }).end();
  });
  for (const _ of ELSEWHERE) {
    expect(await post(aPoster(), url)).toEqual({ kind: 'retry', reason: `status-${status}` });
  }
  expect(visited).toEqual(ELSEWHERE.map(() => '/'));
});

test('a receiver that never answers is a timeout', async () => {
  const url = await receiver(() => {});
  expect(await post(aPoster(50), url)).toEqual({ kind: 'retry', reason: 'timeout' });
});

test('a closed port is tried again', async () => {
  const url = await receiver(() => {});
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  url.port = String((free.address() as AddressInfo).port);
  free.close();
  await once(free, 'close');
  expect(await post(aPoster(), url)).toEqual({ kind: 'retry', reason: 'connection-refused' });
});

test('an endless answer is cut off and its status holds', async () => {
  const closed = Promise.withResolvers<void>();
  const url = await receiver((_request, response) => {
    response.writeHead(200);
    const pour = () => {
      if (response.writableEnded || response.destroyed) return;
      response.write('x'.repeat(8_192));
      setImmediate(pour);
    };
    response.on('close', () => closed.resolve());
    pour();
  });
  expect(await post(aPoster(), url)).toEqual({ kind: 'delivered' });
  await closed.promise;
});
