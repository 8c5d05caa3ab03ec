import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiKey, ApiScope, RingKey } from '@strata/service-runtime';
import type { z } from 'zod';
import type { Language } from '../texts.ts';
import type { ApiAnswer } from './answer.ts';
import type { ProblemName } from './problem.ts';

export const API_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type ApiMethod = (typeof API_METHODS)[number];

/** A request that was let in: its key has the scope, and everything fits the schemas of the route. */
export interface ApiAsk<Query, Body> {
  /** Percent-decoded, by the names in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly headers: IncomingMessage['headers'];
  /** The wish that came by header or query, for routes that name a state of the log. */
  readonly language: Language;
  /** Null where the route asks for no scope. */
  readonly key: RingKey<ApiKey> | null;
  /** For answers that are streams; who takes the response over answers null. */
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Takes more of the key's quota, for what costs more than one; false where it is used up. */
  readonly spend: (more: number) => boolean;
}

/** One answer of a route as the OpenAPI document tells it. */
export interface AnswerDoc {
  readonly description: string;
  /** Name under which the schema lies among the components. */
  readonly name?: string;
  readonly schema?: z.ZodType;
  /** `application/json` where it is not said. */
  readonly type?: string;
  /** Header name to what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A route is everything about it: how it is asked, what it takes, who may, what it does, and what
 * the document says. The table of routes is the API.
 */
export interface ApiRoute<
  Query extends z.ZodObject | undefined = z.ZodObject | undefined,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
> {
  readonly method: ApiMethod;
  /** With parameters as `{name}`. */
  readonly path: `/v1/${string}`;
  /** Without one the route is open to anybody. */
  readonly scope: ApiScope | null;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Parameter of the path to what it is. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Query;
  /** Request headers that the handler reads, to what they say; lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: Body;
  readonly bodyBytesMax?: number;
  /** Media type of a good answer; `application/json` where it is not said. */
  readonly produces?: string;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** Beside those that any route can give. */
  readonly problems: readonly ProblemName[];
  handle(
    ask: ApiAsk<
      Query extends z.ZodObject ? z.output<Query> : undefined,
      Body extends z.ZodType ? z.output<Body> : undefined
    >,
  ): Promise<ApiAnswer | null> | ApiAnswer | null;
}

/** Ties the handler to the schemas of its own route. */
export function defineRoute<
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(route: ApiRoute<Query, Body>): ApiRoute {
  return route;
}
