import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

const SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const DRIP_MS = 20;

/** What an endpoint does with a post of which it has seen the id so many times before. */
type Conduct = (times: number, take: () => void, response: ServerResponse) => void;

const ok = (response: ServerResponse): void => void response.writeHead(204).end();

/** The ways in which receivers go wrong. All but `refuses` take a delivery in the end. */
export const CONDUCTS = {
  right: (_times, take, response) => {
    take();
    ok(response);
  },
  'says-500': (times, take, response) => {
    if (times === 0) return void response.writeHead(500).end();
    take();
    ok(response);
  },
  // Says nothing, and keeps the connection.
  hangs: (times, take, response) => {
    if (times === 0) return;
    take();
    ok(response);
  },
  // Has taken it, and is gone before it has said so.
  drops: (times, take, response) => {
    take();
    if (times === 0) response.destroy();
    else ok(response);
  },
  // Has taken it, and says so when nobody listens any more.
  'says-late': (times, take, response) => {
    take();
    if (times === 0) setTimeout(() => ok(response), 3_000);
    else ok(response);
  },
  redirects: (times, take, response) => {
    if (times === 0) return void response.writeHead(302, { location: '/elsewhere' }).end();
    take();
    ok(response);
  },
  // The head of its answer never ends.
  drips: (times, take, response) => {
    if (times > 0) {
      take();
      return ok(response);
    }
    const { socket } = response;
    socket?.write('HTTP/1.1 200 OK\r\nx-drip: ');
    const dripping = setInterval(() => socket?.write('.'), DRIP_MS);
    socket?.on('close', () => clearInterval(dripping));
    socket?.on('error', () => clearInterval(dripping));
  },
  refuses: (_times, _take, response) => void response.writeHead(410).end(),
} as const satisfies Readonly<Record<string, Conduct>>;

export type ConductName = keyof typeof CONDUCTS;

/** A receiver that acts once for each id, and notes in which order it acted. */
export interface WrongEndpoint {
  readonly name: ConductName;
  readonly subscription: Readonly<Record<string, unknown>>;
  /** Posts by `webhook-id`, those that were not taken too. */
  readonly posts: ReadonlyMap<string, number>;
  /** Ids of what was acted on, in that order; each once. */
  readonly effects: readonly string[];
  /** Acts that came behind a newer one of the same customer. */
  readonly overtaken: readonly string[];
  /** What must not happen: other paths, signatures that do not fit, another body under the same id. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export async function startWrongEndpoint(name: ConductName): Promise<WrongEndpoint> {
  const posts = new Map<string, number>();
  const bodies = new Map<string, string>();
  const effects: string[] = [];
  const newest = new Map<string, number>();
  const overtaken: string[] = [];
  const faults: string[] = [];
  const webhook = new Webhook(SECRET);
  const act = (id: string, body: string): void => {
    if (effects.includes(id)) return;
    effects.push(id);
    const { customerId, customerSeq } = (JSON.parse(body) as { data: Told }).data;
    if (customerSeq < (newest.get(customerId) ?? 0)) overtaken.push(id);
    newest.set(customerId, Math.max(customerSeq, newest.get(customerId) ?? 0));
  };
  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const id = String(request.headers['webhook-id']);
    if (request.url !== '/') faults.push(`${id} came to ${request.url}`);
    try {
      webhook.verify(body, request.headers as Record<string, string>);
    } catch {
      faults.push(`${id} has a signature that does not fit`);
    }
    if ((bodies.get(id) ?? body) !== body) faults.push(`${id} came with another body`);
    bodies.set(id, body);
    const times = posts.get(id) ?? 0;
    posts.set(id, times + 1);
    CONDUCTS[name](times, () => act(id, body), response);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    response.on('error', () => {});
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    name,
    subscription: { id: name, url, secret: SECRET, backfill: true },
    posts,
    effects,
    overtaken,
    faults,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Told {
  readonly customerId: string;
  readonly customerSeq: number;
}
