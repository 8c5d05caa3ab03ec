import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const SECRET = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;
const SLOW_MS = 3_000;

export type Mood = 'right' | 'slow' | 'failing';

/** A receiver of webhooks that is told how to behave. */
export interface MoodyEndpoint {
  readonly subscription: Readonly<Record<string, unknown>>;
  mood: Mood;
  /** Posts that were answered well. */
  readonly taken: number;
  close(): Promise<void>;
}

export async function startMoodyEndpoint(id: string): Promise<MoodyEndpoint> {
  let mood: Mood = 'right';
  let taken = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (mood === 'failing') return void response.writeHead(503).end();
      const take = (): void => {
        taken += 1;
        response.writeHead(204).end();
      };
      // As long as the fault is: that is the fault.
      if (mood === 'slow') setTimeout(take, SLOW_MS);
      else take();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    subscription: { id, url, secret: SECRET, backfill: true },
    get mood() {
      return mood;
    },
    set mood(next) {
      mood = next;
    },
    get taken() {
      return taken;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
