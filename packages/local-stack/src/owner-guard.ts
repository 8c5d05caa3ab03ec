import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ProcessIdentity } from './process-identity.ts';

/**
 * A small process that outlives its owner just long enough to end what the owner started: it holds
 * the other end of a pipe, which the system closes however the owner ends, SIGKILL included.
 */
export interface OwnerGuard {
  watch(identity: ProcessIdentity, graceMs: number): void;
  /** Everything watched has ended in good order: the guard leaves without acting. */
  release(): void;
}

/** Starts a guard for this process. */
export function startOwnerGuard(): OwnerGuard {
  const child: ChildProcess = spawn(
    process.execPath,
    [fileURLToPath(new URL('./owner-guard-main.ts', import.meta.url))],
    { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} },
  );
  const pipe = child.stdin as Writable & { unref?: () => void };
  // A guard that cannot be reached must not take its owner down; stop() still ends everything.
  pipe.on('error', () => undefined);
  child.on('error', () => undefined);
  child.unref();
  pipe.unref?.();
  return {
    watch: (identity, graceMs) => {
      pipe.write(`${JSON.stringify({ ...identity, graceMs })}\n`);
    },
    release: () => {
      pipe.end('release\n');
    },
  };
}
