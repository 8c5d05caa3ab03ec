import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebhookReader } from '@strata/client';

/** One webhook as it came in, its signature verified. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly type: string;
  /** The tier-change event. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface WebhookCounts {
  /** Distinct ids with a good signature. */
  readonly received: number;
  /**
   * A good signature, an id that was here before: delivery is at least once, and the receiver drops
   * them.
   */
  readonly repeats: number;
  /** Turned away: no or a wrong signature, too old, too large, no webhook. */
  readonly refused: number;
}

export interface WebhookReceiver {
  readonly url: string;
  counts(): WebhookCounts;
  /** Newest first. */
  latest(): readonly ReceivedWebhook[];
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 256 * 1024;
const KEPT_DEFAULT = 50;

/**
 * What a subscriber of tier changes needs and no more: verify the signature, drop repeats by
 * `webhook-id`, answer. It listens on loopback alone and keeps the last few.
 */
export async function startWebhookReceiver(settings: {
  readonly secret: string;
  readonly port?: number;
  readonly kept?: number;
  readonly onWebhook?: (webhook: ReceivedWebhook) => void;
}): Promise<WebhookReceiver> {
  const { secret, port = 0, kept = KEPT_DEFAULT, onWebhook } = settings;
  const reader = new WebhookReader({ secrets: [secret] });
  const ids = new Set<string>();
  const latest: ReceivedWebhook[] = [];
  let repeats = 0;
  let refused = 0;

  function take(headers: IncomingMessage['headers'], body: Buffer): number {
    const read = reader.read(headers, body);
    if (read.kind === 'refused') {
      // Whoever sends something wrong learns that it is wrong, and not what.
      refused += 1;
      return read.status;
    }
    // A type of a later version says nothing that this page could show.
    if (read.kind === 'other') return 204;
    const { id, change } = read;
    const received = { id, type: `strata.tier.${change.type}`, data: { ...change } };
    if (ids.has(received.id)) {
      repeats += 1;
      return 204;
    }
    ids.add(received.id);
    latest.unshift(received);
    latest.length = Math.min(latest.length, kept);
    onWebhook?.(received);
    return 204;
  }

  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      refused += 1;
      answer(response, 405);
      return;
    }
    readBody(request).then(
      (body) => {
        if (body === null) refused += 1;
        answer(response, body === null ? 413 : take(request.headers, body));
      },
      () => response.destroy(),
    );
  });
  const taken = await listen(server, port);
  return {
    url: `http://127.0.0.1:${taken}/webhooks`,
    counts: () => ({ received: ids.size, repeats, refused }),
    latest: () => [...latest],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Null where the body is larger than any webhook of ours. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return bytes > BODY_BYTES_MAX ? null : Buffer.concat(chunks);
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
