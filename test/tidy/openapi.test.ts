import { Validator } from '@seriousme/openapi-schema-validator';
import { CUSTOMER_EVENT_TYPES } from '@strata/domain';
import { expect, test } from 'vitest';
import { openApiDocument } from '../../services/ingestor/src/http/open-api.ts';
import { PROBLEMS } from '../../services/ingestor/src/http/problem.ts';
import { readText } from './repository.ts';

const document = JSON.parse(readText('docs/reference/openapi-intake.json'));

test('the document of the HTTP intake is OpenAPI 3.1', async () => {
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
