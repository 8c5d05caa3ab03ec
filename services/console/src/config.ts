import {
  defineConfig,
  integerVariable,
  kafkaVariables,
  keyVariable,
  registryVariables,
  sealingVariables,
  stateRedisVariables,
} from '@strata/service-runtime';
import { SERVICE_NAMES, type ServiceAddress } from '@strata/stack-figures';
import { z } from 'zod';

/** `SERVICE=URL`, with commas between: where each process of the other services has its health server. */
const SERVICES_SENTENCE = 'has to be SERVICE=URL, ..., with ingestor, scorer or notifier';

function serviceAddresses(text: string): readonly ServiceAddress[] | null {
  const addresses = text.split(',').map((part): ServiceAddress | null => {
    const [, name, url] = /^\s*(ingestor|scorer|notifier)=(https?:\/\/\S+?)\s*$/.exec(part) ?? [];
    const service = SERVICE_NAMES.find((it) => it === name);
    return service === undefined || url === undefined || !URL.canParse(url)
      ? null
      : { service, url };
  });
  const sound = addresses.filter((it) => it !== null);
  return sound.length < addresses.length ? null : sound;
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
  STRATA_CONSOLE_SERVICES: z
    .string()
    .optional()
    .transform((text, context) => {
      const addresses = text === undefined ? [] : serviceAddresses(text);
      if (addresses !== null) return addresses;
      context.addIssue(SERVICES_SENTENCE);
      return z.NEVER;
    })
    .meta({
      description:
        'Health servers of the ingestors, scorers and notifiers, such as `scorer=http://scorer:8080`, with commas between. Where one is missing, the page says that it is not known how that service is.',
    }),
});
