import { describe, expect, it } from 'vitest';
import {
  integerVariable,
  kafkaVariables,
  sealingVariables,
  stateRedisVariables,
} from './config-variables.ts';
import { defineConfig, printableConfig, readConfig } from './read-config.ts';

const schema = defineConfig('scorer', {
  ...kafkaVariables,
  ...stateRedisVariables,
  ...sealingVariables,
  STRATA_SCORER_BATCH_RECORDS: integerVariable({ min: 1, max: 5_000, description: 'x' }).default(
    1_000,
  ),
});
const env = {
  STRATA_KAFKA_BROKERS: 'one:9092, two:9093',
  STRATA_STATE_REDIS_URL: 'redis://user:pass@localhost:6379/0',
  STRATA_SEALING_KEY: Buffer.alloc(32, 1).toString('base64'),
};

describe('readConfig', () => {
  it('parses, fills in defaults and freezes', () => {
    const config = readConfig(schema, { ...env, PATH: '/bin' });
    expect(config.STRATA_KAFKA_BROKERS).toEqual(['one:9092', 'two:9093']);
    expect(config.STRATA_SCORER_BATCH_RECORDS).toBe(1_000);
    expect(config.STRATA_HEALTH_PORT).toBe(0);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('refuses an unknown variable of ours and suggests the nearest', () => {
    expect(() => readConfig(schema, { ...env, STRATA_SCORER_BATCH_RECORD: '5' })).toThrow(
      'STRATA_SCORER_BATCH_RECORD is not known; did you mean STRATA_SCORER_BATCH_RECORDS?',
    );
    expect(() => readConfig(schema, { ...env, STRATA_COLOUR: 'red' })).toThrow('remove it');
  });

  it('lets pass what belongs to other services or is shared', () => {
    const others = { STRATA_INGESTOR_X: '1', STRATA_QUEUE_REDIS_URL: 'redis://q', OTHER: 'x' };
    expect(() => readConfig(schema, { ...env, ...others })).not.toThrow();
  });

  it('tells everything wrong at once, with the remedy and without the value of a secret', () => {
    const wrong = {
      STRATA_KAFKA_BROKERS: 'nowhere',
      STRATA_SEALING_KEY: 'hunter2',
      STRATA_SCORER_BATCH_RECORDS: '1e3',
      STRATA_STATE_REDIS_URL: '',
    };
    const read = () => readConfig(schema, wrong);
    expect(read).toThrow('STRATA_KAFKA_BROKERS has to be host:port');
    expect(read).toThrow('STRATA_SEALING_KEY has to be 32 bytes');
    expect(read).toThrow('STRATA_SCORER_BATCH_RECORDS has to be a whole number from 1 to 5000');
    expect(read).toThrow('STRATA_STATE_REDIS_URL is not set');
    expect(read).not.toThrow('hunter2');
  });

  it('prints without secrets', () => {
    const text = JSON.stringify(printableConfig(schema, readConfig(schema, env)));
    expect(text).toContain('one:9092,two:9093');
    expect(text).not.toContain('pass@');
    expect(text).not.toContain(env.STRATA_SEALING_KEY);
    expect(text).toContain('"STRATA_SEALING_KEY":"[redacted]"');
  });
});
