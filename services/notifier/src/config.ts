import { DELIVERY_LADDER_MS } from '@strata/pipeline';
import {
  crashVariables,
  defineConfig,
  integerVariable,
  kafkaVariables,
  queueRedisVariables,
  registryVariables,
  sealingVariables,
} from '@strata/service-runtime';
import { z } from 'zod';
import { BREAKER } from './circuit-breaker.ts';
import { CRASH_POINTS } from './crash-point.ts';

const SECOND_MS = 1_000;
const LADDER_RUNGS_MAX = 50;
const LADDER_SECONDS_MAX = 86_400;

export const notifierConfig = defineConfig('notifier', {
  ...kafkaVariables,
  ...registryVariables,
  ...queueRedisVariables,
  ...sealingVariables,
  STRATA_NOTIFIER_SUBSCRIPTIONS: z.string().optional().meta({
    description:
      'File of webhook subscriptions (JSON) beside those of the topic; for an id that both say, the file holds.',
  }),
  STRATA_NOTIFIER_GROUP_ID: z
    .string()
    .default('strata-notifier')
    .meta({ description: 'Consumer group of the notifiers of a stack.' }),
  STRATA_NOTIFIER_SESSION_TIMEOUT_MS: integerVariable({
    min: 1_000,
    max: 300_000,
    description: 'How long the group waits for a notifier that has died; the broker sets a floor.',
  }).default(15_000),
  STRATA_NOTIFIER_DELIVERY_TIMEOUT_MS: integerVariable({
    min: 100,
    max: 20_000,
    description: 'Time for one webhook, from the name look-up to the answer.',
  }).default(10_000),
  STRATA_NOTIFIER_LOST_AFTER_MS: integerVariable({
    min: 500,
    max: 300_000,
    description: 'A delivery whose notifier has not been heard of for so long is made again.',
  }).default(30_000),
  STRATA_NOTIFIER_RETRY_LADDER_SECONDS: z
    .string()
    .default(DELIVERY_LADDER_MS.map((ms) => ms / SECOND_MS).join(','))
    .transform((text) => text.split(',').map(Number))
    .refine(
      (ladder) =>
        ladder.length <= LADDER_RUNGS_MAX &&
        ladder.every((seconds) => seconds >= 0 && seconds <= LADDER_SECONDS_MAX),
      `has to be 1 to ${LADDER_RUNGS_MAX} numbers from 0 to ${LADDER_SECONDS_MAX} with commas between them`,
    )
    .meta({
      description:
        'Seconds to wait before each attempt of a webhook; up to a fifth is added. After the last it is given up.',
    }),
  STRATA_NOTIFIER_BREAKER_FAILURES: integerVariable({
    min: 1,
    max: 1_000,
    description: 'Failures in a row after which an endpoint is left alone for a while.',
  }).default(BREAKER.failures),
  STRATA_NOTIFIER_BREAKER_HOLD_SECONDS: integerVariable({
    min: 1,
    max: 3_600,
    description: 'At most for so long an endpoint is left alone before it is tried again.',
  }).default(BREAKER.holdMsMax / SECOND_MS),
  STRATA_NOTIFIER_PENDING_MAX: integerVariable({
    min: 200,
    max: 1_000_000,
    description:
      'Deliveries of one endpoint that lie in the queue; what is more waits in the topic.',
  }).default(10_000),
  STRATA_NOTIFIER_DISABLE_AFTER_HOURS: integerVariable({
    min: 1,
    max: 24 * 365,
    description:
      'An endpoint that has taken nothing for so long is disabled until a person enables it.',
  }).default(120),
  STRATA_NOTIFIER_ALLOW_PRIVATE_ADDRESSES: z
    .enum(['true', 'false'], 'has to be true or false')
    .default('false')
    .transform((word) => word === 'true')
    .meta({
      description:
        'true lets webhooks go to private and loopback addresses and by http: for a local stack.',
    }),
  ...crashVariables(CRASH_POINTS),
});
