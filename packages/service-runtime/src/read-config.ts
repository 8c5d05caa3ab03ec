import { z } from 'zod';
import {
  healthVariables,
  SERVICE_NAMES,
  type ServiceName,
  SHARED_VARIABLE_NAMES,
} from './config-variables.ts';
import { RuntimeFault } from './runtime-fault.ts';

const OUR_PREFIX = 'STRATA_';
const REDACTED = '[redacted]';

/** The variables of one service; the reference page is made from them. */
export interface ConfigSchema<Shape extends z.ZodRawShape> {
  readonly service: ServiceName;
  readonly object: z.ZodObject<Shape>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names a service and its variables; health and log variables are added to every service. */
export function defineConfig<Shape extends z.ZodRawShape>(
  service: ServiceName,
  variables: Shape,
): ConfigSchema<Shape & typeof healthVariables> {
  const shape = { ...healthVariables, ...variables } as Shape & typeof healthVariables;
  return { service, object: z.object(shape) };
}

/**
 * Reads the configuration once, frozen. Everything wrong is told at once, by variable. A variable with our prefix
 * that nobody knows refuses to start: it is a typing error that would otherwise silently leave a default in force.
 * An empty value counts as not set, because that is what compose files pass for an unset one.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  schema: ConfigSchema<Shape>,
  env: Environment,
): Readonly<z.output<z.ZodObject<Shape>>> {
  const known = Object.keys(schema.object.shape);
  const given: Record<string, string> = {};
  const wrong: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(OUR_PREFIX) || value === undefined || value === '') continue;
    if (known.includes(name)) given[name] = value;
    else if (!isOthers(name, schema.service)) wrong.push(unknownSentence(name, known));
  }
  const parsed = schema.object.safeParse(given);
  if (!parsed.success)
    wrong.push(...parsed.error.issues.map((issue) => issueSentence(issue, given)));
  if (wrong.length > 0 || parsed.data === undefined) {
    throw new RuntimeFault(
      'STRATA_CONFIG_INVALID',
      `The ${schema.service} cannot start with this environment:\n  - ${wrong.join('\n  - ')}`,
    );
  }
  return Object.freeze(parsed.data);
}

/** The configuration as it may be shown: secrets and passwords in addresses are left out. */
export function printableConfig<Shape extends z.ZodRawShape>(
  schema: ConfigSchema<Shape>,
  config: Readonly<Record<string, unknown>>,
): Record<string, string | number | boolean> {
  const shown: Record<string, string | number | boolean> = {};
  for (const [name, variable] of Object.entries(schema.object.shape)) {
    const value = config[name];
    if (value === undefined) continue;
    shown[name] = isSecret(variable) ? REDACTED : printable(value);
  }
  return shown;
}

function isOthers(name: string, service: ServiceName): boolean {
  if (SHARED_VARIABLE_NAMES.includes(name)) return true;
  return SERVICE_NAMES.some(
    (other) => other !== service && name.startsWith(`${OUR_PREFIX}${other.toUpperCase()}_`),
  );
}

function unknownSentence(name: string, known: readonly string[]): string {
  const candidates = [...new Set([...known, ...SHARED_VARIABLE_NAMES])];
  const nearest = candidates
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isNear = nearest !== undefined && nearest.distance <= Math.ceil(name.length / 4);
  return isNear
    ? `${name} is not known; did you mean ${nearest.candidate}?`
    : `${name} is not known; remove it, or see the configuration reference for the names.`;
}

function issueSentence(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0] ?? 'The environment');
  return given[name] === undefined
    ? `${name} is not set, and has no default.`
    : `${name} ${issue.message}.`;
}

/** Also where it may be left out: what stands around a variable does not carry its marks. */
function isSecret(variable: unknown): boolean {
  if (!(variable instanceof z.ZodType)) return false;
  if (variable.meta()?.secret === true) return true;
  return 'innerType' in variable.def && isSecret(variable.def.innerType);
}

function printable(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(printable).join(',');
  const text = String(value);
  const url = text.includes('://') ? URL.parse(text) : null;
  if (url === null || (url.password === '' && url.username === '')) return text;
  if (url.password !== '') url.password = 'redacted';
  if (url.username !== '') url.username = 'redacted';
  return url.href;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
