import { inLanes } from './in-lanes.ts';
import { schemaIncompatible } from './registry-faults.ts';
import type { SchemaRegistrar } from './schema-source.ts';
import type { TopicSchema } from './topic-schema.ts';

/**
 * The deploy step: every version of every schema, oldest first, so that a change is judged against
 * all before it.
 */
export async function deploySchemas(
  registrar: SchemaRegistrar,
  history: readonly (readonly TopicSchema[])[],
): Promise<void> {
  for (const round of history) await registerSchemas(registrar, round);
}

/**
 * Registers one version of each subject, checked first as a whole, so that a refused one leaves
 * nothing half-done.
 */
export async function registerSchemas(
  registrar: SchemaRegistrar,
  schemas: readonly TopicSchema[],
): Promise<ReadonlyMap<string, number>> {
  await checkSchemas(registrar, schemas);
  const ids = new Map(schemas.map(({ subject }) => [subject, 0]));
  // Registries number equal schemas of several subjects once, and race when asked at once: those go
  // one by one.
  const byText = Map.groupBy(schemas, ({ text }) => text);
  await inLanes([...byText.values()], async (equal) => {
    for (const { subject, text } of equal)
      ids.set(subject, await registrar.register(subject, text));
  });
  return ids;
}

/**
 * Asks the registry about every schema and registers none; throws one fault that names every
 * incompatible one.
 */
export async function checkSchemas(
  registrar: SchemaRegistrar,
  schemas: readonly TopicSchema[],
): Promise<void> {
  const problems = new Map<string, string>();
  await inLanes(schemas, async ({ subject, text }) => {
    const { isCompatible, messages } = await registrar.compatibility(subject, text);
    if (!isCompatible) problems.set(subject, `${subject}: ${messages.join('; ') || 'refused'}`);
  });
  const said = schemas.flatMap(({ subject }) => problems.get(subject) ?? []);
  if (said.length > 0) throw schemaIncompatible(said);
}
