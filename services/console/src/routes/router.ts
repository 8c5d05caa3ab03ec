import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Api } from '../api/api.ts';
import type { EventFeed } from '../live/event-feed.ts';
import type { ConsoleMetrics } from '../metrics.ts';
import { document } from '../page/document.ts';
import type { LiveView } from '../page/live-regions.ts';
import type { Asset } from './assets.ts';
import { customer } from './customer.ts';
import { languageOf } from './language.ts';
import { status } from './status.ts';

interface RouterOptions {
  readonly view: () => LiveView;
  readonly feed: EventFeed;
  readonly api: Api;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly metrics: ConsoleMetrics;
  /** Takes a new sample of the flow where the last one is old. */
  readonly refresh: () => Promise<void>;
  /** Names under which the console may be called; null for any. */
  readonly hosts: readonly string[] | null;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Nothing from elsewhere, nothing inline, no frame around it: an id that slips through as markup
 * can do nothing.
 */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const STATUS_PATH = '/v1/status';

export class Router {
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Before the names: who has a key may come by any, and a page elsewhere has none.
    if (isOfTheApi(request.url ?? '')) {
      await this.#options.api.handle(request, response);
      return;
    }
    const url = URL.parse(request.url ?? '/', 'http://console');
    if (url?.pathname === '/events/stream' && this.#refusal(request) === null) {
      this.#stream(request, response, url);
      return;
    }
    const { route, answer } =
      url === null
        ? { route: 'none', answer: text(400, 'The address cannot be read.\n') }
        : await this.#answer(request, url);
    this.#options.metrics.requests.inc({ route, status: String(answer.status) });
    response.writeHead(answer.status, {
      ...SECURITY_HEADERS,
      'content-type': answer.type,
      'cache-control': 'no-store',
      ...answer.headers,
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  async #answer(request: IncomingMessage, url: URL): Promise<{ route: string; answer: Answer }> {
    const refusal = this.#refusal(request);
    if (refusal !== null) return { route: 'none', answer: refusal };
    const asset = this.#options.assets.get(url.pathname);
    if (asset !== undefined) {
      return { route: 'assets', answer: { status: 200, type: asset.type, body: asset.bytes } };
    }
    if (url.pathname === '/') return { route: 'page', answer: await this.#page(request, url) };
    if (url.pathname === STATUS_PATH) {
      await this.#options.refresh();
      return { route: 'status', answer: json(200, status(this.#options.view())) };
    }
    const encodedId = /^\/customers\/([^/]+)$/.exec(url.pathname)?.[1];
    if (encodedId !== undefined) return { route: 'customer', answer: this.#customer(encodedId) };
    const paths = ['/', '/events/stream', '/v1/status', '/customers/{id}', '/v1/openapi.json'];
    return { route: 'none', answer: json(404, { error: 'no-such-path', paths }) };
  }

  async #page(request: IncomingMessage, url: URL): Promise<Answer> {
    await this.#options.refresh();
    const asked = url.searchParams.get('lang');
    const language = languageOf(asked, request.headers['accept-language']);
    const { view, feed } = this.#options;
    const page = document(view(), { language, position: feed.positionId() });
    return {
      status: 200,
      type: 'text/html; charset=utf-8',
      body: String(page),
      headers: { vary: 'accept-language', 'content-language': language },
    };
  }

  #customer(encodedId: string): Answer {
    let customerId: string;
    try {
      customerId = decodeURIComponent(encodedId);
    } catch {
      return json(400, { error: 'bad-id', remedy: 'Percent-encode the customer id as UTF-8.' });
    }
    const found = customer(this.#options.view().board, customerId);
    return found === null ? json(404, { error: 'no-such-customer' }) : json(200, found);
  }

  #stream(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const { feed, metrics } = this.#options;
    const lastSeen = request.headers['last-event-id'];
    const after = typeof lastSeen === 'string' ? lastSeen : url.searchParams.get('after');
    const language = languageOf(url.searchParams.get('lang'), request.headers['accept-language']);
    if (!feed.connect(response, { language, after })) {
      response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '30' });
      response.end('Too many pages are open.\n');
      return;
    }
    metrics.streams.set(feed.clients());
    response.on('close', () => metrics.streams.set(feed.clients()));
  }

  /**
   * A page elsewhere whose name leads to this machine (DNS rebinding) calls by that name, and reads
   * nothing.
   */
  #refusal(request: IncomingMessage): Answer | null {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { ...text(405, 'Only GET and HEAD.\n'), headers: { allow: 'GET, HEAD' } };
    }
    const { hosts } = this.#options;
    if (hosts === null) return null;
    const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (hosts.includes(name)) return null;
    return text(421, 'Call the console by the address that it printed at its start.\n');
  }
}

/** All of `/v1/` but the page's own numbers. */
function isOfTheApi(url: string): boolean {
  return url.startsWith('/v1/') && url !== STATUS_PATH && !url.startsWith(`${STATUS_PATH}?`);
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function json(status: number, body: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` };
}
