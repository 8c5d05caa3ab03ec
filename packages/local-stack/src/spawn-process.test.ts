import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnProcess, waitUntilReady } from './spawn-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-spawn-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(command: string, args: readonly string[]): ReturnType<typeof spawnProcess> {
  return spawnProcess({
    name: 'part',
    kind: 'service',
    command,
    args,
    env: process.env,
    cwd: folder,
    port: null,
    log: join(folder, 'logs', 'part.log'),
    graceMs: 1_000,
  });
}

describe('waitUntilReady', () => {
  it('shows the last lines of a process that ends while it starts', async () => {
    const part = await start(process.execPath, [
      '-e',
      'console.error("port taken"); process.exit(1)',
    ]);
    const waiting = waitUntilReady({ process: part, isReady: () => false, timeoutMs: 30_000 });
    await expect(waiting).rejects.toMatchObject({ code: 'STRATA_STACK_CHILD_ENDED' });
    await expect(waiting).rejects.toThrow('port taken');
  });

  it('names the command that cannot be run', async () => {
    await expect(start(join(folder, 'absent'), [])).rejects.toThrow('part could not be started');
  });
});
