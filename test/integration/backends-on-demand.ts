import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Backends, startBackends } from '@strata/local-stack';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    backendsUrl: string;
  }
}

let end: () => Promise<void> = async () => undefined;

/**
 * Runs once for all files of a project, in the process that outlives each of them. The first test that asks for the
 * back ends starts them, the others share them, and a run that asks for none starts none.
 */
export async function setup(project: TestProject): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  let started: Promise<Backends> | undefined;
  let dataDir: string | undefined;
  const start = async (): Promise<Backends> => {
    dataDir = await mkdtemp(join(tmpdir(), 'strata-backends-'));
    return startBackends({ root, dataDir });
  };

  const server = createServer((_, response) => {
    started ??= start();
    started.then(
      ({ brokers, registryUrl, stateRedisUrl, queueRedisUrl }) =>
        response.end(JSON.stringify({ brokers, registryUrl, stateRedisUrl, queueRedisUrl })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  project.provide('backendsUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  end = async () => {
    server.close();
    const backends = await started?.catch(() => undefined);
    await backends?.stop();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  };
}

export async function teardown(): Promise<void> {
  await end();
}
