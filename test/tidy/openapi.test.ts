import { Validator } from '@seriousme/openapi-schema-validator';
import { CUSTOMER_EVENT_TYPES } from '@strata/domain';
import { expect, test } from 'vitest';
import { describedRoutes } from '../../services/console/src/api/routes.ts';
import { openApiDocument } from '../../services/ingestor/src/http/open-api.ts';
import { PROBLEMS } from '../../services/ingestor/src/http/problem.ts';
import { readText } from './repository.ts';

const document = JSON.parse(readText('docs/reference/openapi-intake.json'));
const api = JSON.parse(readText('docs/reference/openapi-profiles.json'));

test.each([
  ['the HTTP intake', document],
  ['the API', api],
])('the document of %s is OpenAPI 3.1', async (_name, document) => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  expect(errors ?? []).toEqual([]);
  expect([valid, validator.version]).toEqual([true, '3.1']);
});

test('a document with a fault would be noticed', async () => {
  const broken = { ...openApiDocument(), paths: { '/v1/events': { post: { responses: 1 } } } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test('it describes every event type, every problem, and refers to nothing that is not there', () => {
  const { schemas } = document.components;
  expect(Object.keys(schemas.Event.discriminator.mapping)).toEqual([...CUSTOMER_EVENT_TYPES]);
  expect(schemas.Problem.properties.type.enum).toHaveLength(Object.keys(PROBLEMS).length);
  const refs = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  expect(refs.map(([, name = '']) => name).filter((name) => !(name in schemas))).toEqual([]);
});

test('the document of the API describes every route, and refers to nothing that is not there', () => {
  const routes = describedRoutes();
  const described = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(
    routes.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
  const refs = [...JSON.stringify(api).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  const { schemas } = api.components;
  expect(refs.map(([, name = '']) => name).filter((name) => !(name in schemas))).toEqual([]);
});
