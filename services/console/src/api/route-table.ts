import type { ApiMethod, ApiRoute } from './route.ts';

/** The routes that share one path. */
export interface ApiPath {
  readonly path: string;
  readonly byMethod: ReadonlyMap<ApiMethod, ApiRoute>;
}

export interface Match {
  readonly at: ApiPath;
  /** Null where a part of the path is no percent-encoded UTF-8. */
  readonly params: Readonly<Record<string, string>> | null;
}

interface Template {
  readonly segments: readonly string[];
  readonly at: { readonly path: string; readonly byMethod: Map<ApiMethod, ApiRoute> };
}

const isParameter = (segment: string): boolean => segment.startsWith('{');

/** Finds a route by its path: what is written out comes before what is a parameter. */
export class RouteTable {
  readonly #templates: readonly Template[];

  constructor(routes: readonly ApiRoute[]) {
    const byPath = new Map<string, Template>();
    for (const route of routes) {
      const { path, method } = route;
      const known = byPath.get(path);
      const template = known ?? {
        segments: path.slice(1).split('/'),
        at: { path, byMethod: new Map() },
      };
      if (template.at.byMethod.has(method)) {
        throw new TypeError(`There are two routes for ${method} ${path}`);
      }
      template.at.byMethod.set(method, route);
      byPath.set(path, template);
    }
    const parameters = ({ segments }: Template): number => segments.filter(isParameter).length;
    this.#templates = [...byPath.values()].toSorted((a, b) => parameters(a) - parameters(b));
  }

  /** `path` as it was sent, without the query. */
  match(path: string): Match | null {
    const sent = path.slice(1).split('/');
    for (const { segments, at } of this.#templates) {
      const isIt =
        segments.length === sent.length &&
        segments.every((each, i) => (isParameter(each) ? sent[i] !== '' : each === sent[i]));
      if (isIt) return { at, params: paramsOf(segments, sent) };
    }
    return null;
  }
}

function paramsOf(
  segments: readonly string[],
  sent: readonly string[],
): Readonly<Record<string, string>> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (!isParameter(segment)) continue;
    try {
      params[segment.slice(1, -1)] = decodeURIComponent(sent[index] ?? '');
    } catch {
      return null;
    }
  }
  return params;
}
