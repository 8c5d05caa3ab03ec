import { StrataError } from '@strata/pipeline';

export const REGISTRY_FAULT_CODES = [
  'STRATA_REGISTRY_SCHEMA_ABSENT',
  'STRATA_REGISTRY_SCHEMA_INCOMPATIBLE',
  'STRATA_REGISTRY_UNREACHABLE',
  'STRATA_REGISTRY_REFUSED',
  'STRATA_REGISTRY_VALUE_UNFIT',
] as const;

export function schemaAbsent(subjects: readonly string[]): StrataError {
  return new StrataError(
    'STRATA_REGISTRY_SCHEMA_ABSENT',
    `The registry does not hold the schema that this version writes for ${subjects.join(', ')}: ` +
      'run the deploy step that registers the schemas ("./strata up" does), then start again.',
  );
}

export function schemaIncompatible(problems: readonly string[]): StrataError {
  return new StrataError(
    'STRATA_REGISTRY_SCHEMA_INCOMPATIBLE',
    `Not compatible with every earlier version:\n  - ${problems.join('\n  - ')}\n` +
      'Add fields with a default only, and never remove, rename or retype a field without one.',
  );
}

export function registryUnreachable(what: string, cause: unknown): StrataError {
  return new StrataError(
    'STRATA_REGISTRY_UNREACHABLE',
    `The schema registry did not answer (${what}): see that it runs and that STRATA_REGISTRY_URL names it.`,
    { cause, isRetryable: true },
  );
}

export function registryRefused(what: string, cause: unknown): StrataError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new StrataError('STRATA_REGISTRY_REFUSED', `The registry refused ${what}: ${said}`, {
    cause,
  });
}

/** A value of ours that does not fit our own schema. The paths are told, the values are not. */
export function valueUnfit(name: string, paths: readonly string[]): StrataError {
  return new StrataError(
    'STRATA_REGISTRY_VALUE_UNFIT',
    `A ${name} does not fit its schema at ${paths.join(', ') || 'its root'}.`,
  );
}
