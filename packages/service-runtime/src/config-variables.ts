import { z } from 'zod';
import { parseKey } from './sealing.ts';

/**
 * Building blocks for the variables of a service, and the ones that several services share. Each carries the sentence
 * that the configuration reference prints; `secret` values never leave the process.
 */

declare module 'zod' {
  interface GlobalMeta {
    /** Shown as `[redacted]` wherever a configuration is printed. */
    secret?: boolean;
  }
}

/** A whole number written in digits, within bounds. */
export function integerVariable(bounds: { min: number; max: number; description: string }) {
  const { min, max, description } = bounds;
  const sentence = `has to be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, sentence)
    .transform(Number)
    .refine((value) => value >= min && value <= max, sentence)
    .meta({ description });
}

/** One of a closed list of words. */
export function choiceVariable<const T extends readonly [string, ...string[]]>(
  words: T,
  description: string,
) {
  return z.enum(words, `has to be one of ${words.join(', ')}`).meta({ description });
}

/** An address whose scheme is one of those named, such as `redis` and `rediss`. */
export function urlVariable(schemes: readonly string[], description: string) {
  const sentence = `has to be an address that begins with ${schemes.map((s) => `${s}://`).join(' or ')}`;
  return z
    .string()
    .refine((text) => {
      const url = URL.parse(text);
      return url !== null && schemes.includes(url.protocol.slice(0, -1));
    }, sentence)
    .meta({ description });
}

const brokers = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .refine(
    (list) => list.length > 0 && list.every((part) => /^[^\s:]+:\d{1,5}$/.test(part)),
    'has to be host:port, or several with commas between them',
  )
  .meta({ description: 'Kafka brokers to begin with: host:port, several with commas.' });

/** A key of 32 bytes, which never leaves the process. */
export function keyVariable(description: string) {
  return z
    .string()
    .transform((text, context) => {
      const key = parseKey(text);
      if (key !== null) return key;
      context.addIssue('has to be 32 bytes in base64 or hex (openssl rand -base64 32)');
      return z.NEVER;
    })
    .meta({ description, secret: true });
}

export const kafkaVariables = { STRATA_KAFKA_BROKERS: brokers };

export const registryVariables = {
  STRATA_REGISTRY_URL: urlVariable(
    ['http', 'https'],
    'Schema registry: its Confluent-compatible base address.',
  ),
};

export const stateRedisVariables = {
  STRATA_STATE_REDIS_URL: urlVariable(['redis', 'rediss'], 'Redis that keeps the state (AOF on).'),
};

export const queueRedisVariables = {
  STRATA_QUEUE_REDIS_URL: urlVariable(
    ['redis', 'rediss'],
    'Redis of the delivery queue, apart from the state.',
  ),
};

export const sealingVariables = {
  STRATA_SEALING_KEY: keyVariable(
    'Key of the stack that seals dead letters and webhook secrets, and marks erased customers: 32 bytes in base64 or hex.',
  ),
};

export const timeVariables = {
  STRATA_TIME_MODE: choiceVariable(
    ['wall', 'data'],
    'wall: the clock is the broker append time; data: it moves only with the events.',
  ).default('wall'),
};

export const letterVariables = {
  STRATA_REDRIVES_MAX: integerVariable({
    min: 1,
    max: 1_000,
    description:
      'A dead letter that was redriven and refused again so often is quarantined: from then on only its own id redrives it.',
  }).default(3),
  STRATA_METRIC_SOURCES: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine(
      (list) => list.every((name) => /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name)),
      'has to be names of letters, digits, dots, hyphens and underscores, with commas between them',
    )
    .default([])
    .meta({
      description:
        'Sources that metrics call by name; all others are `other`. Not set: the first 32 that sent something of use.',
    }),
};

/** Every service has these. */
export const healthVariables = {
  STRATA_HEALTH_HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'Address on which health and metrics are served.' }),
  STRATA_HEALTH_PORT: integerVariable({
    min: 0,
    max: 65_535,
    description: 'Port of health and metrics; 0 takes a free one and prints it.',
  }).default(0),
  STRATA_LOG_LEVEL: choiceVariable(
    ['debug', 'info', 'warn', 'error'],
    'Least severity that is logged.',
  ).default('info'),
};

/** Variables that any service may find in its environment without using them. */
export const SHARED_VARIABLE_NAMES: readonly string[] = [
  kafkaVariables,
  registryVariables,
  stateRedisVariables,
  queueRedisVariables,
  sealingVariables,
  timeVariables,
  letterVariables,
  healthVariables,
].flatMap((variables) => Object.keys(variables));

/** The services whose own variables begin with `STRATA_<SERVICE>_`. */
export const SERVICE_NAMES = ['ingestor', 'scorer', 'notifier', 'console', 'cli'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];
