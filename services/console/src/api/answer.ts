import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Language } from '../texts.ts';
import { PROBLEMS, type ProblemName } from './problem.ts';

/** An answer before it is written. */
export interface ApiAnswer {
  readonly status: number;
  /** Null where there is no body, as with 204 and 304. */
  readonly type: string | null;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the problem, for the count of refusals. */
  readonly problem?: ProblemName;
}

/** So much of a body that nobody reads is let in, so that its sender gets to read the answer. */
const DRAIN_BYTES = 1_048_576;

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n`, headers };
}

export function empty(
  status: 204 | 304,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return { status, type: null, body: '', headers };
}

export interface ProblemMore {
  /** What exactly is wrong with this request; the remedy of the problem follows it. */
  readonly what?: string;
  /** Members of its own. Never a value that was sent where it could be a person's. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A problem as RFC 9457 writes it: what is wrong, where, and what to do. */
export function problem(
  name: ProblemName,
  language: Language,
  { what, members = {}, headers = {} }: ProblemMore = {},
): ApiAnswer {
  const { status, title, remedy, retryAfterSeconds } = PROBLEMS[name];
  const detail = what === undefined ? remedy[language] : `${what} ${remedy[language]}`;
  const type = `urn:strata:api:${name}`;
  return {
    status,
    type: 'application/problem+json',
    body: `${JSON.stringify({ type, title: title[language], status, detail, ...members })}\n`,
    headers: {
      'content-language': language,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...headers,
    },
    problem: name,
  };
}

export function write(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { status, type, body, headers }: ApiAnswer,
): void {
  response.writeHead(status, {
    ...(type === null ? {} : { 'content-type': type }),
    ...(status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  if (!request.complete) drain(request);
}

/** A connection that is closed over unread bytes is reset, and the answer with it. */
function drain(request: IncomingMessage): void {
  let left = DRAIN_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.socket.destroy();
  });
  request.resume();
}
