import { join, resolve } from 'node:path';
import type { StackProcess } from './stack-file.ts';
import { spawnInStack } from './stack-life.ts';

const STOP_GRACE_MS = 10_000;

/** A Node service of ours to run in a stack that has been started. */
export interface ServiceSpec {
  readonly dataDir: string;
  readonly name: string;
  /** The path of its main.ts. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where it serves health, for `status`. */
  readonly port?: number;
  readonly logFile?: string;
  readonly cwd?: string;
  readonly graceMs?: number;
}

/**
 * Starts a service in a stack, where `down` and the stack's stop() find it. Started again under
 * the same name it takes the place of the one that ended. Readiness: see `waitUntilReady`.
 */
export function spawnService(spec: ServiceSpec): Promise<StackProcess> {
  const dataDir = resolve(spec.dataDir);
  return spawnInStack(dataDir, {
    name: spec.name,
    kind: 'service',
    command: process.execPath,
    args: [spec.entry],
    env: spec.env,
    cwd: spec.cwd ?? process.cwd(),
    port: spec.port ?? null,
    log: spec.logFile ?? join(dataDir, 'logs', `${spec.name}.log`),
    graceMs: spec.graceMs ?? STOP_GRACE_MS,
  });
}
