import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';

/**
 * Receivers of webhooks in a thread of their own: one server, an endpoint for each path. `/hangs` takes what comes and
 * never answers. Tells in bundles when which delivery arrived.
 */
const BUNDLE_MS = 20;
let arrived: (readonly [path: string, id: string, atMs: number])[] = [];

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const path = request.url ?? '';
    if (path === '/hangs') return;
    const atMs = performance.timeOrigin + performance.now();
    arrived.push([path, String(request.headers['webhook-id']), atMs]);
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage({ port: (server.address() as AddressInfo).port });
});
setInterval(() => {
  if (arrived.length === 0) return;
  parentPort?.postMessage({ arrived });
  arrived = [];
}, BUNDLE_MS);
