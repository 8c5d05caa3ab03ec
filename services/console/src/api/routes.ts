import { describeRoute, openApiText } from './describe-route.ts';
import type { ApiRoute } from './route.ts';

/** What the handlers of the routes work with. */
export type ApiRouteParts = Readonly<Record<never, never>>;

/** The table of the API: every route, in the order of the document. */
export function apiRoutes(_parts: ApiRouteParts): readonly ApiRoute[] {
  const routes: readonly ApiRoute[] = [];
  return [...routes, describeRoute(routes)];
}

/** The table without a console: its routes are described, and none is called. */
export function describedRoutes(): readonly ApiRoute[] {
  return apiRoutes({});
}

export function describedApi(): string {
  return openApiText(describedRoutes());
}
