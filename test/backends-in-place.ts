import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prerequisites, startBackends } from '@strata/local-stack';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs before the first file of a project whose files start stacks: two of them at once in a new checkout would fetch
 * and install the same parts over each other. Where a part cannot be had, the tests that need it say so.
 */
export async function setup(): Promise<void> {
  const { java, maven, redis } = prerequisites();
  if (java.state !== 'ok' || maven.state !== 'ok' || redis.state === 'missing') return;
  const areFetched = ['kafka', 'registry'].every((it) => existsSync(join(root, '.cache', it)));
  if (areFetched && redis.state === 'ok') return;
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-first-'));
  await (await startBackends({ root, dataDir })).stop();
  await rm(dataDir, { recursive: true, force: true });
}
