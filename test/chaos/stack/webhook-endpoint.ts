import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

/** What a careful receiver does: it checks the signature, and its effect happens once for each id. */
export interface WebhookEndpoint {
  /** As it stands in the subscriptions file. */
  readonly subscription: Readonly<Record<string, unknown>>;
  /** Posts by `webhook-id`. */
  readonly posts: ReadonlyMap<string, number>;
  /** Ids that came with a signature that does not fit; there must be none. */
  readonly forged: readonly string[];
  close(): Promise<void>;
}

export async function startWebhookEndpoint(): Promise<WebhookEndpoint> {
  const posts = new Map<string, number>();
  const forged: string[] = [];
  const webhook = new Webhook(SECRET);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      try {
        webhook.verify(Buffer.concat(chunks), request.headers as Record<string, string>);
        posts.set(id, (posts.get(id) ?? 0) + 1);
      } catch {
        forged.push(id);
      }
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  return {
    subscription: { id: 'crm', url, secret: SECRET, backfill: true },
    posts,
    forged,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
