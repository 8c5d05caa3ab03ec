import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Language } from '../texts.ts';
import { type ApiAnswer, problem } from './answer.ts';
import { readJson } from './read-json.ts';
import type { ApiRoute } from './route.ts';

/** What of a request a route takes, held against its schemas. Null where nobody is left to hear an answer. */
export type Checked =
  | { readonly kind: 'fits'; readonly query: unknown; readonly body: unknown }
  | { readonly kind: 'refused'; readonly answer: ApiAnswer | null };

const BODY_BYTES_MAX_DEFAULT = 65_536;

const WORDS = {
  zh: (where: string, field: string) => `${where} ${field} 不符合要求。`,
  en: (where: string, field: string) => `The ${where} ${field} is not as it has to be.`,
} as const satisfies Readonly<Record<Language, unknown>>;

export async function checkedAsk(
  route: ApiRoute,
  sent: { readonly request: IncomingMessage; readonly search: URLSearchParams },
  language: Language,
): Promise<Checked> {
  const query = checkQuery(route, sent.search, language);
  if (query.kind === 'refused' || route.body === undefined) return query;
  const bytesMax = route.bodyBytesMax ?? BODY_BYTES_MAX_DEFAULT;
  const read = await readJson(sent.request, bytesMax);
  switch (read.kind) {
    case 'aborted':
      return { kind: 'refused', answer: null };
    case 'body-too-large':
      return refused(problem('body-too-large', language, { members: { limit: bytesMax } }));
    case 'unsupported-type':
      return refused(
        problem('unsupported-type', language, { headers: { 'accept-post': 'application/json' } }),
      );
    case 'not-json':
      return refused(unfit(language, 'body', [{ field: '', message: 'is no JSON object' }]));
    case 'value': {
      const parsed = route.body.safeParse(read.value);
      if (!parsed.success) return refused(unfit(language, 'body', errorsOf(parsed.error)));
      return { kind: 'fits', query: query.query, body: parsed.data };
    }
  }
}

function checkQuery(route: ApiRoute, search: URLSearchParams, language: Language): Checked {
  const given: Record<string, string | string[]> = {};
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    given[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  if (route.query === undefined) {
    const [name] = Object.keys(given);
    if (name === undefined) return { kind: 'fits', query: undefined, body: undefined };
    return refused(unfit(language, 'query', [{ field: name, message: 'is not known here' }]));
  }
  const parsed = route.query.safeParse(given);
  if (!parsed.success) return refused(unfit(language, 'query', errorsOf(parsed.error)));
  return { kind: 'fits', query: parsed.data, body: undefined };
}

interface FieldError {
  readonly field: string;
  readonly message: string;
}

const ERRORS_MAX = 10;

function errorsOf({ issues }: z.ZodError): readonly FieldError[] {
  return issues.slice(0, ERRORS_MAX).map((issue) => ({
    field: issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.'),
    message: issue.code === 'unrecognized_keys' ? 'is not known here' : issue.message,
  }));
}

function unfit(
  language: Language,
  where: 'query' | 'body',
  errors: readonly FieldError[],
): ApiAnswer {
  const [first] = errors;
  const what = WORDS[language](where, first?.field ?? '').replace('  ', ' ');
  return problem('bad-request', language, { what, members: { in: where, errors } });
}

const refused = (answer: ApiAnswer): Checked => ({ kind: 'refused', answer });
