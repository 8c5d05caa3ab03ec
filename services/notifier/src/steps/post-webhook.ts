import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { DeliveryOutcome } from '@strata/pipeline';
import { isPrivateLiteral } from '@strata/subscriptions';
import { AddressRefused, guardLookup, type Resolve } from '../guarded-lookup.ts';
import { retryAfterMs } from '../retry-after.ts';

export interface WebhookRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookPosterSettings {
  readonly timeoutMs: number;
  /** A local stack delivers to its own machine; everywhere else that would be a hole. */
  readonly isPrivateAllowed: boolean;
  readonly nowMs: () => number;
  /** In the place of the machine's own resolver. */
  readonly resolve?: Resolve;
}

/** The answer is its status; this much of a body is read so that the connection can serve again. */
const RESPONSE_BYTES_MAX = 16 * 1024;

const RETRIED_STATUSES: readonly number[] = [408, 409, 425, 429];

/**
 * Posts signed webhooks. Redirects are never followed: the next address would be one that nobody
 * subscribed.
 */
export class WebhookPoster {
  readonly #settings: WebhookPosterSettings;
  readonly #lookup: LookupFunction;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  constructor(settings: WebhookPosterSettings) {
    this.#settings = settings;
    this.#lookup = guardLookup(settings.resolve);
  }

  async post(request: WebhookRequest): Promise<DeliveryOutcome> {
    if (!this.#settings.isPrivateAllowed && isRefusedUrl(request.url)) {
      return { kind: 'rejected', reason: 'address-refused' };
    }
    try {
      const response = await this.#send(request);
      return outcomeOf(response, this.#settings.nowMs());
    } catch (error) {
      if (error instanceof AddressRefused) return { kind: 'rejected', reason: 'address-refused' };
      return { kind: 'retry', reason: reasonOf(error) };
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #send({ url, headers, body }: WebhookRequest): Promise<IncomingMessage> {
    const isHttps = url.protocol === 'https:';
    const bytes = Buffer.from(body);
    // The signal covers name, connection, answer and what is read of its body.
    const signal = AbortSignal.timeout(this.#settings.timeoutMs);
    const options: RequestOptions = {
      method: 'POST',
      agent: isHttps ? this.#https : this.#http,
      headers: { ...headers, 'content-length': bytes.length },
      maxHeaderSize: RESPONSE_BYTES_MAX,
      signal,
      ...(this.#settings.isPrivateAllowed ? {} : { lookup: this.#lookup }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = (isHttps ? httpsRequest : httpRequest)(url, options, (response) => {
      drain(response);
      resolve(response);
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
    return promise;
  }
}

/** Subscriptions are read with the same rule; this one stands where the bytes go out. */
function isRefusedUrl(url: URL): boolean {
  return url.protocol !== 'https:' || isPrivateLiteral(url);
}

function drain(response: IncomingMessage): void {
  let bytes = 0;
  // The status is the answer already; a body that breaks off or drips changes nothing.
  response.on('error', () => {});
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > RESPONSE_BYTES_MAX) response.destroy();
  });
}

function outcomeOf(response: IncomingMessage, nowMs: number): DeliveryOutcome {
  const status = response.statusCode ?? 0;
  const reason = `status-${status}`;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status >= 400 && status < 500 && !RETRIED_STATUSES.includes(status)) {
    return { kind: 'rejected', reason };
  }
  const afterMs = retryAfterMs(response.headers['retry-after'], nowMs);
  return afterMs === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterMs };
}

/** A word from a closed set: the error's own text may name the address, and goes to no label. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'connection-failed';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timeout';
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'connection-refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name-not-found';
  if (code.startsWith('ERR_TLS') || code.includes('CERT')) return 'certificate';
  return 'connection-failed';
}
