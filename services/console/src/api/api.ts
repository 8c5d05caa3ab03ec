import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Logger, StrataError } from '@strata/pipeline';
import {
  type ApiKey,
  bearerToken,
  faultPlace,
  type KeyRing,
  type RingKey,
} from '@strata/service-runtime';
import { languageOf } from '../routes/language.ts';
import type { Language } from '../texts.ts';
import { accepts } from './accepts.ts';
import { type ApiAnswer, empty, problem, write } from './answer.ts';
import type { ApiMetrics } from './api-metrics.ts';
import { checkedAsk } from './checked-ask.ts';
import type { ApiAsk, ApiMethod, ApiRoute } from './route.ts';
import { type ApiPath, RouteTable } from './route-table.ts';

export interface ApiParts {
  readonly routes: readonly ApiRoute[];
  /** Null where the console has no file of keys: then only open routes answer. */
  readonly keys: KeyRing<ApiKey> | null;
  readonly metrics: ApiMetrics;
  readonly logger: Logger;
  /** Milliseconds for measuring, from any start. */
  readonly nowMs: () => number;
  /** Ends what goes on behind the answers. */
  readonly onStop?: () => void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly language: Language;
}

/** Of an answer before anything was read of the body. */
type Gate =
  | { readonly kind: 'in'; readonly key: RingKey<ApiKey> | null }
  | { readonly kind: 'out'; readonly answer: ApiAnswer };

/**
 * The API: who is it, may it, is it sound, and then the handler of the route. Each step that says no
 * answers at once, by a problem that names the remedy. Nothing of a request is logged.
 */
export class Api {
  readonly #parts: ApiParts;
  readonly #table: RouteTable;
  #isStopping = false;

  constructor(parts: ApiParts) {
    this.#parts = parts;
    this.#table = new RouteTable(parts.routes);
  }

  stop(): void {
    this.#isStopping = true;
    this.#parts.keys?.close();
    this.#parts.onStop?.();
  }

  /** A request whose path begins with `/v1/`. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, logger, nowMs } = this.#parts;
    const startedMs = nowMs();
    const language = languageOf(null, request.headers['accept-language']);
    const [path, search] = splitOnce(request.url ?? '', '?');
    const match = this.#table.match(path);
    const route = match?.at.path ?? 'other';
    let answer: ApiAnswer | null;
    try {
      answer =
        match === null
          ? problem('no-such-path', language)
          : await this.#answer({ request, response, language }, { ...match, search });
    } catch (error) {
      const isAway = error instanceof StrataError && error.isRetryable;
      logger.error({ route, fault: faultPlace(error) }, 'A request of the API failed');
      if (response.headersSent) {
        response.destroy();
        return;
      }
      answer = problem(isAway ? 'backend-away' : 'internal-fault', language);
    }
    if (answer === null) return;
    metrics.requests.inc({ route, status: String(answer.status) });
    metrics.seconds.observe({ route }, (nowMs() - startedMs) / 1_000);
    write({ request, response }, answer);
  }

  async #answer(
    exchange: Exchange,
    asked: {
      readonly at: ApiPath;
      readonly params: Readonly<Record<string, string>> | null;
      readonly search: string;
    },
  ): Promise<ApiAnswer | null> {
    const { request, language } = exchange;
    const { byMethod } = asked.at;
    const allow = allowed(byMethod.keys());
    if (request.method === 'OPTIONS') return empty(204, { allow });
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = byMethod.get(method as ApiMethod);
    if (route === undefined) return problem('no-such-method', language, { headers: { allow } });
    const gate = this.#gate(route, exchange);
    if (gate.kind === 'out') return gate.answer;
    const { params } = asked;
    if (params === null) {
      const what = WORDS.badPath[language];
      return problem('bad-request', language, { what, members: { in: 'path' } });
    }
    const search = new URLSearchParams(asked.search);
    const checked = await checkedAsk(route, { request, search }, language);
    if (checked.kind === 'refused') return checked.answer;
    const { query, body } = checked;
    const { key } = gate;
    const spend = (more: number): boolean =>
      key?.bucket.take(more, this.#parts.nowMs()).isGranted ?? true;
    const { headers } = request;
    const ask = { ...exchange, params, query, body, headers, key, spend };
    return route.handle(ask as unknown as ApiAsk<never, never>);
  }

  /** Who it is, what it may, and whether the answer would be read. */
  #gate(route: ApiRoute, { request, language }: Exchange): Gate {
    if (this.#isStopping) return out(problem('stopping', language));
    const { scope, produces = 'application/json' } = route;
    let key: RingKey<ApiKey> | null = null;
    if (scope !== null) {
      const { keys, nowMs } = this.#parts;
      if (keys === null) return out(problem('no-keys', language));
      const token = bearerToken(request.headers.authorization);
      key = token === null ? null : keys.find(token);
      if (key === null) {
        const challenge = `Bearer realm="strata"${token === null ? '' : ', error="invalid_token"'}`;
        return out(
          problem('unauthorized', language, { headers: { 'www-authenticate': challenge } }),
        );
      }
      if (!key.scopes.includes(scope)) {
        const challenge = `Bearer realm="strata", error="insufficient_scope", scope="${scope}"`;
        const headers = { 'www-authenticate': challenge };
        return out(problem('forbidden', language, { members: { scope }, headers }));
      }
      const quota = key.bucket.take(1, nowMs());
      if (!quota.isGranted) {
        const headers = { 'retry-after': String(quota.waitSeconds) };
        return out(problem('quota', language, { headers }));
      }
    }
    if (!accepts(request.headers.accept, produces)) {
      return out(problem('not-acceptable', language, { members: { accepts: [produces] } }));
    }
    return { kind: 'in', key };
  }
}

const out = (answer: ApiAnswer): Gate => ({ kind: 'out', answer });

const WORDS = {
  badPath: {
    zh: '路径不是百分号编码的 UTF-8。',
    en: 'The path is no percent-encoded UTF-8.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** As `Allow` lists them: HEAD comes with GET. */
function allowed(methods: Iterable<ApiMethod>): string {
  const listed = [...methods].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...listed, 'OPTIONS'].join(', ');
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
