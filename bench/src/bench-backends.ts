import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KafkaLogReader } from '@strata/kafka';
import { type Backends, startBackends } from '@strata/local-stack';
import {
  ConfluentSchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
} from '@strata/schema-registry';
import { systemClock } from '@strata/service-runtime';
import type { BenchSettings } from './benchmark.ts';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Back ends of a benchmark's own, with nothing in them. */
export interface BenchBackends {
  readonly backends: Backends;
  readonly reader: KafkaLogReader;
  /** Goes with them. */
  readonly dataDir: string;
}

/** Starts back ends in a folder of their own and ends both, whatever becomes of the work. */
export async function withBackends<T>(
  { say }: Pick<BenchSettings, 'say'>,
  work: (started: BenchBackends) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    const backends = await startBackends({ root: ROOT, dataDir, onProgress: say });
    const reader = new KafkaLogReader({ clientId: 'bench', brokers: backends.brokers });
    try {
      return await work({ backends, reader, dataDir });
    } finally {
      await reader.close();
      await backends.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Registers every schema of the project, as the deploy step does, and reads and writes by them. */
export async function registeredSerdes({ registryUrl }: Pick<Backends, 'registryUrl'>) {
  const source = new ConfluentSchemaRegistry({ url: registryUrl });
  const schemas = readSchemaFolder();
  await registerSchemas(source, schemas);
  return openTopicSerdes({ source, schemas, clock: systemClock });
}
