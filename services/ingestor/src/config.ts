import {
  ATTRIBUTES_DEFAULT,
  FORBIDDEN_DEFAULT,
  identity,
  isGuestId,
  type MinimisationSettings,
  minimisation,
  RECORD_BYTES_MAX_DEFAULT,
} from '@strata/contracts';
import {
  choiceVariable,
  crashVariables,
  defineConfig,
  integerVariable,
  kafkaVariables,
  keyedPseudonyms,
  keyVariable,
  letterVariables,
  registryVariables,
  sealingVariables,
  timeVariables,
} from '@strata/service-runtime';
import { z } from 'zod';
import { CRASH_POINTS } from './crash-point.ts';
import { httpOptionsOf, httpVariables } from './http/http-variables.ts';
import type { IngestorSettings } from './ingestor-ports.ts';
import { readTopicMaps } from './topic-maps.ts';

const NAME = /^[\p{L}\p{N}_.-]+$/u;

const attributeNames = z
  .string()
  .transform((text) => names(text))
  .refine((list) => list.every((name) => NAME.test(name)), 'has to be names with commas between')
  .meta({ description: 'Profile attributes that may enter, with commas between them.' });

const sourceNames = z
  .string()
  .transform((text) => names(text))
  .refine(
    (list) => list.every((name) => NAME.test(name) && !isGuestId(`${name}:`)),
    'has to be names with commas between, and none of them guest',
  )
  .meta({
    description:
      'Sources whose customer ids are their own, with commas between them: `desk` makes `desk:17` of 17.',
  });

/** `kind=name,name;kind=name` */
const forbiddenNames = z
  .string()
  .transform((text, context): Readonly<Record<string, readonly string[]>> => {
    const kinds = text.split(';').map((part) => part.trim().split('='));
    const isSound = kinds.every(
      ([kind = '', list, ...rest]) =>
        list !== undefined &&
        rest.length === 0 &&
        NAME.test(kind) &&
        names(list).every((name) => NAME.test(name)),
    );
    if (!isSound) {
      context.addIssue('has to read kind=name,name;kind=name');
      return z.NEVER;
    }
    return Object.fromEntries(kinds.map(([kind = '', list = '']) => [kind, names(list)]));
  })
  .meta({ description: 'Fields that may not enter, by kind: kind=name,name;kind=name.' });

function names(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

export const ingestorConfig = defineConfig('ingestor', {
  ...kafkaVariables,
  ...registryVariables,
  ...sealingVariables,
  ...letterVariables,
  ...timeVariables,
  STRATA_INGESTOR_GROUP_ID: z
    .string()
    .default('strata-ingestor')
    .meta({ description: 'Consumer group of the ingestors of a stack.' }),
  STRATA_INGESTOR_SESSION_TIMEOUT_MS: integerVariable({
    min: 1_000,
    max: 300_000,
    description: 'How long the group waits for an ingestor that has died; the broker sets a floor.',
  }).default(15_000),
  STRATA_INGESTOR_COMMIT_INTERVAL_MS: integerVariable({
    min: 50,
    max: 60_000,
    description: 'How often positions in the intake are committed.',
  }).default(500),
  STRATA_INGESTOR_RECORD_BYTES_MAX: integerVariable({
    min: 1_024,
    max: 4_194_304,
    description: 'Largest record that is read; a larger one becomes a dead letter.',
  }).default(RECORD_BYTES_MAX_DEFAULT),
  STRATA_INGESTOR_MAPS: z.string().optional().meta({
    description:
      'Mapping file, or folder of them: the topics that they name are read, too (docs/reference/source-map.md).',
  }),
  STRATA_INGESTOR_ATTRIBUTES: attributeNames.default(ATTRIBUTES_DEFAULT),
  STRATA_INGESTOR_FORBIDDEN_FIELDS: forbiddenNames.default(FORBIDDEN_DEFAULT),
  STRATA_INGESTOR_ID_SPACES: sourceNames.optional(),
  STRATA_INGESTOR_PSEUDONYM_KEY: keyVariable(
    'Key by which the ids of customers are replaced by pseudonyms: 32 bytes in base64 or hex. Fixed for the life of a stack.',
  ).optional(),
  STRATA_INGESTOR_ON_FORBIDDEN: choiceVariable(
    ['drop', 'refuse'],
    'A field that may not enter is dropped, or sends its record to the dead letters.',
  ).default('drop'),
  ...httpVariables,
  ...crashVariables(CRASH_POINTS),
});

export type IngestorConfig = Readonly<z.output<typeof ingestorConfig.object>>;

export function settingsOf(config: IngestorConfig): IngestorSettings {
  const wanted: MinimisationSettings = {
    attributes: config.STRATA_INGESTOR_ATTRIBUTES,
    forbidden: config.STRATA_INGESTOR_FORBIDDEN_FIELDS,
    onForbidden: config.STRATA_INGESTOR_ON_FORBIDDEN,
  };
  const http = httpOptionsOf(config);
  const key = config.STRATA_INGESTOR_PSEUDONYM_KEY;
  return {
    timeMode: config.STRATA_TIME_MODE,
    rules: minimisation(wanted),
    maps: readTopicMaps(config.STRATA_INGESTOR_MAPS),
    identity: identity({
      spaces: config.STRATA_INGESTOR_ID_SPACES ?? [],
      pseudonyms: key === undefined ? null : keyedPseudonyms(key),
    }),
    recordBytesMax: config.STRATA_INGESTOR_RECORD_BYTES_MAX,
    redrivesMax: config.STRATA_REDRIVES_MAX,
    metricSources: config.STRATA_METRIC_SOURCES,
    groupId: config.STRATA_INGESTOR_GROUP_ID,
    commitIntervalMs: config.STRATA_INGESTOR_COMMIT_INTERVAL_MS,
    ...(http === null ? {} : { http }),
  };
}
