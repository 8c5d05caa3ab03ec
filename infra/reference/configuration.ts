import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConfigSchema,
  SHARED_VARIABLE_NAMES,
} from '../../packages/service-runtime/src/index.ts';
import { consoleConfig } from '../../services/console/src/config.ts';
import { ingestorConfig } from '../../services/ingestor/src/config.ts';
import { notifierConfig } from '../../services/notifier/src/config.ts';
import { scorerConfig } from '../../services/scorer/src/config.ts';
import { requireSameNames } from './closed-list.ts';
import { COMMAND_VARIABLES, COMPOSE_VARIABLES } from './command-variables.ts';
import { byText, code, page, table } from './markdown.ts';
import { productionSources, ROOT } from './source-files.ts';
import { unwrapped, type ZodShape } from './zod-shape.ts';

interface Service {
  readonly name: string;
  readonly variables: Readonly<Record<string, ZodShape>>;
}

const SERVICES = [ingestorConfig, scorerConfig, notifierConfig, consoleConfig].map(serviceOf);

function serviceOf(
  config: Pick<ConfigSchema<Record<never, never>>, 'service' | 'object'>,
): Service {
  const variables: unknown = config.object.shape;
  return { name: config.service, variables: variables as Service['variables'] };
}

/** docs/reference/configuration.md, from the configuration schema of each service. */
export function configurationPage(): string {
  return page('Configuration', [
    [
      'Services read their environment once, at start. A variable that begins with `STRATA_` and that',
      'nobody knows stops the start, with the nearest name; an empty value counts as not set.',
    ].join('\n'),
    '## Shared',
    table(['Variable', 'Default', 'Allowed', 'What it is', 'Read by'], sharedRows()),
    ...SERVICES.flatMap((service) => [
      `## ${capitalised(service.name)}`,
      table(['Variable', 'Default', 'Allowed', 'What it is'], ownRows(service)),
    ]),
    '## Commands',
    table(['Variable', 'What it is'], commandRows()),
    '## Docker Compose',
    'Read by `docker-compose.yml`; every port is published on loopback alone.',
    table(['Variable', 'Default', 'What it is'], composeRows()),
  ]);
}

function sharedRows(): string[][] {
  return SHARED_VARIABLE_NAMES.flatMap((name) => {
    const readers = SERVICES.filter(({ variables }) => name in variables);
    const variable = readers[0]?.variables[name];
    if (variable === undefined) return [];
    return [[...cells(name, variable), readers.map((service) => service.name).join(', ')]];
  });
}

function ownRows({ variables }: Service): string[][] {
  return Object.entries(variables)
    .filter(([name]) => !SHARED_VARIABLE_NAMES.includes(name))
    .map(([name, variable]) => cells(name, variable));
}

function cells(name: string, variable: ZodShape): string[] {
  const { schema, isOptional, fallback, description, isSecret } = unwrapped(variable);
  const missing = isOptional ? 'none' : '**needed**';
  const shown = fallback === undefined ? missing : code(valueText(fallback));
  const secret = isSecret ? ' Never shown.' : '';
  return [code(name), shown, ruleOf(schema), `${description}${secret}`];
}

/** In the words that a wrong value is answered with. */
function ruleOf(schema: ZodShape): string {
  const message = schema.safeParse('\u0000').error?.issues[0]?.message ?? 'text';
  return message.replace(/^has to (be )?/, '');
}

/** A default as the variable would be written. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name}=${valueText(inner)}`)
    .join(';');
}

function commandRows(): string[][] {
  const found = productionSources()
    .filter(({ path }) => path.startsWith('services/cli/'))
    .flatMap(({ text }) => [...text.matchAll(/\benv\['(\w+)'\]/g)].map((match) => match[1] ?? ''))
    .filter((name) => !SHARED_VARIABLE_NAMES.includes(name) && !(name in COMPOSE_VARIABLES));
  const place = 'infra/reference/command-variables.ts';
  requireSameNames('Variable', { found, told: Object.keys(COMMAND_VARIABLES), place });
  return Object.entries(COMMAND_VARIABLES)
    .toSorted(([a], [b]) => byText(a, b))
    .map(([name, sentence]) => [code(name), sentence]);
}

function composeRows(): string[][] {
  const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  const defaults = new Map(
    [...compose.matchAll(/\$\{(STRATA_\w+):-([^}]*)\}/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  requireSameNames('Variable', {
    found: defaults.keys(),
    told: Object.keys(COMPOSE_VARIABLES),
    place: 'infra/reference/command-variables.ts',
  });
  return Object.entries(COMPOSE_VARIABLES).map(([name, sentence]) => {
    const value = defaults.get(name) ?? '';
    return [code(name), value === '' ? 'none' : code(value), sentence];
  });
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
