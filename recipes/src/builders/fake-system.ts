import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface HeardCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly json: unknown;
}

export interface FakeSystem {
  readonly url: URL;
  /** Calls to one path, in order. */
  heard(path: string): readonly HeardCall[];
  close(): Promise<void>;
}

/** The other system on loopback: notes each call, and answers as it is told. */
export async function startFake(
  answer: (call: HeardCall) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeSystem> {
  const calls: HeardCall[] = [];
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
        const { method = '', headers } = request;
        const call = { method, path: pathname, query: searchParams, headers, body };
        calls.push(call);
        return answer(call);
      })
      .then(({ status = 200, headers, json }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(json));
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    heard: (path) => calls.filter((call) => call.path === path),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
