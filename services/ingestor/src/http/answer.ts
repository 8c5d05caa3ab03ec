import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Language } from '@strata/contracts';
import { PROBLEMS, type ProblemName, problemJson } from './problem.ts';

/** An answer before it is written. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds after which a request that could not be taken now may come again, as it is. */
const RETRY_AFTER_SECONDS: Readonly<Partial<Record<ProblemName, number>>> = {
  busy: 1,
  stopping: 1,
  'internal-fault': 1,
  'not-acknowledged': 3,
};
/** So much of a body that nobody reads is let in, so that its sender gets to read the answer. */
const DRAIN_BYTES = 1_048_576;
const DRAIN_MS = 2_000;

export function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}

export function problem(
  name: ProblemName,
  language: Language,
  more: {
    readonly members?: Readonly<Record<string, unknown>>;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Answer {
  const wait = RETRY_AFTER_SECONDS[name];
  return {
    status: PROBLEMS[name].status,
    type: 'application/problem+json',
    body: problemJson(name, language, more.members),
    headers: {
      'content-language': language,
      ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
      ...more.headers,
    },
  };
}

export function write(
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { status, type, body, headers }: Answer,
  isLast: boolean,
): void {
  const { request, response } = exchange;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(isLast ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  drain(request);
}

/** A connection that is closed over unread bytes is reset, and the answer with it. */
function drain(request: IncomingMessage): void {
  if (request.complete) return;
  let left = DRAIN_BYTES;
  const end = (): void => void request.socket.destroy();
  const timer = setTimeout(end, DRAIN_MS).unref();
  request.once('close', () => clearTimeout(timer));
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  request.resume();
}
