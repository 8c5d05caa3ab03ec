import {
  defineConfig,
  integerVariable,
  kafkaVariables,
  queueRedisVariables,
  registryVariables,
} from '@strata/service-runtime';
import { z } from 'zod';

export const notifierConfig = defineConfig('notifier', {
  ...kafkaVariables,
  ...registryVariables,
  ...queueRedisVariables,
  STRATA_NOTIFIER_SUBSCRIPTIONS: z.string().optional().meta({
    description: 'File of webhook subscriptions (JSON). Without it nothing is delivered.',
  }),
  STRATA_NOTIFIER_GROUP_ID: z
    .string()
    .default('strata-notifier')
    .meta({ description: 'Consumer group of the notifiers of a stack.' }),
  STRATA_NOTIFIER_DELIVERY_TIMEOUT_MS: integerVariable({
    min: 100,
    max: 20_000,
    description: 'Time for one webhook, from the name look-up to the answer.',
  }).default(10_000),
  STRATA_NOTIFIER_CONCURRENCY: integerVariable({
    min: 1,
    max: 500,
    description: 'Webhooks in flight at once.',
  }).default(50),
  STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES: z
    .enum(['true', 'false'], 'has to be true or false')
    .default('false')
    .transform((word) => word === 'true')
    .meta({
      description:
        'true lets webhooks go to private and loopback addresses and by http: for a local stack.',
    }),
});
