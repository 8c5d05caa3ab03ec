import { openApiDocument } from './open-api.ts';
import { type ApiRoute, defineRoute } from './route.ts';

/** `GET /v1/openapi.json`: the document of all routes, this one too, the same bytes each time. */
export function describeRoute(others: readonly ApiRoute[]): ApiRoute {
  let text: string | undefined;
  const route = defineRoute({
    method: 'GET',
    path: '/v1/openapi.json',
    scope: null,
    operationId: 'describe',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1' } },
    problems: [],
    handle: () => {
      text ??= openApiText([...others, route]);
      return { status: 200, type: 'application/json', body: text };
    },
  });
  return route;
}

export function openApiText(routes: readonly ApiRoute[]): string {
  return `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
}
