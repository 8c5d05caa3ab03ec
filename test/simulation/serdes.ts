import { INTAKE_TOPICS } from '@strata/contracts';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';

const registry = new MemorySchemaRegistry();
await registerSchemas(registry, readSchemaFolder());

/** The real Avro of every topic, over a registry in memory. It keeps nothing of a run, so all runs share it. */
export const serdes = await openTopicSerdes({
  source: registry,
  schemas: readSchemaFolder(),
  clock: { nowMs: () => 0 },
  untrusted: INTAKE_TOPICS,
});
