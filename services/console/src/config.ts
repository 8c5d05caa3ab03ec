import {
  defineConfig,
  integerVariable,
  kafkaVariables,
  keyVariable,
  registryVariables,
  sealingVariables,
  stateRedisVariables,
} from '@strata/service-runtime';
import { z } from 'zod';

function groupId(service: string) {
  return z
    .string()
    .default(`strata-${service}`)
    .meta({ description: `Consumer group of the ${service}s of the stack, for their lag.` });
}

export const consoleConfig = defineConfig('console', {
  ...kafkaVariables,
  ...registryVariables,
  ...stateRedisVariables,
  STRATA_CONSOLE_HOST: z.string().default('127.0.0.1').meta({
    description:
      'Address of the page. It asks nobody who they are: keep it behind a proxy that does.',
  }),
  STRATA_CONSOLE_PORT: integerVariable({
    min: 0,
    max: 65_535,
    description: 'Port of the page; 0 takes a free one.',
  }).default(0),
  STRATA_CONSOLE_API_KEYS: z.string().optional().meta({
    description:
      'File of the keys that may ask the API (./strata api-key add); read again when it changes. Without it the API answers nobody.',
  }),
  STRATA_CONSOLE_STREAMS_MAX: integerVariable({
    min: 1,
    max: 10_000,
    description: 'Streams of tier changes that may be open at once.',
  }).default(100),
  STRATA_CONSOLE_PSEUDONYM_KEY: keyVariable(
    'Key of the stack’s pseudonyms, as the ingestor has it: the API then takes the ids that people know. 32 bytes in base64 or hex.',
  ).optional(),
  STRATA_SEALING_KEY: sealingVariables.STRATA_SEALING_KEY.optional(),
  STRATA_CONSOLE_ALLOW_PRIVATE_ADDRESSES: z
    .enum(['true', 'false'], 'has to be true or false')
    .default('false')
    .transform((word) => word === 'true')
    .meta({
      description:
        'true lets the API subscribe private and loopback addresses, and by http: as the notifier is told.',
    }),
  STRATA_CONSOLE_INGESTOR_GROUP_ID: groupId('ingestor'),
  STRATA_CONSOLE_SCORER_GROUP_ID: groupId('scorer'),
  STRATA_CONSOLE_NOTIFIER_GROUP_ID: groupId('notifier'),
});
