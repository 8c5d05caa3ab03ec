import { readConfig } from '@strata/service-runtime';
import { expect, test } from 'vitest';
import { ingestorConfig, settingsOf } from './config.ts';

const env = {
  STRATA_KAFKA_BROKERS: '127.0.0.1:9092',
  STRATA_REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7',
  STRATA_SEALING_KEY: Buffer.alloc(32).toString('base64'),
};
const read = (more: Record<string, string>) =>
  settingsOf(readConfig(ingestorConfig, { ...env, ...more }));

test('drops forbidden kinds and keeps five attributes where nothing else is said', () => {
  const { rules, timeMode } = read({});
  expect(timeMode).toBe('wall');
  expect(rules.onForbidden).toBe('drop');
  expect(rules.forbidden('Marital-Status')).toEqual({ kind: 'family', name: 'maritalStatus' });
  expect(rules.attributes.has('segment')).toBe(true);
  expect(rules.attributes.has('age')).toBe(false);
});

test('takes lists of attributes and forbidden fields', () => {
  const { rules } = read({
    STRATA_INGESTOR_ATTRIBUTES: 'segment, age',
    STRATA_INGESTOR_FORBIDDEN_FIELDS: 'health=diagnosis,allergies; faith=religion',
    STRATA_INGESTOR_ON_FORBIDDEN: 'refuse',
  });
  expect([...rules.attributes]).toEqual(['segment', 'age']);
  expect(rules.forbidden('allergies')?.kind).toBe('health');
  expect(rules.forbidden('hobby')).toBeNull();
  expect(rules.onForbidden).toBe('refuse');
});

test.each(['diagnosis', 'health=a=b', 'health=a b', '=a'])('refuses the list %s', (list) => {
  expect(() => read({ STRATA_INGESTOR_FORBIDDEN_FIELDS: list })).toThrow(
    'STRATA_INGESTOR_FORBIDDEN_FIELDS has to read kind=name,name;kind=name',
  );
});
