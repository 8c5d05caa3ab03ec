import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './process-identity.ts';
import { readStackFile, type StackProcess, stackFilePath, updateStackFile } from './stack-file.ts';
import { claimStack, spawnInStack, stackStatus, stopStack, wipeStack } from './stack-life.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'strata-stack-'));
});
afterEach(async () => {
  await stopStack(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

const idle = 'setInterval(() => undefined, 1000)';

function start(name: string, kind: StackProcess['kind'], script = idle): Promise<StackProcess> {
  return spawnInStack(dataDir, {
    name,
    kind,
    command: process.execPath,
    args: ['-e', script],
    env: process.env,
    cwd: dataDir,
    port: null,
    log: join(dataDir, 'logs', `${name}.log`),
    graceMs: 5_000,
  });
}

describe('a stack', () => {
  it('is up while what it started runs, and names each process', async () => {
    claimStack(dataDir, 'detached', {});
    const part = await start('part', 'service');
    const status = stackStatus(dataDir);
    expect(status.state).toBe('up');
    expect(status.rows).toMatchObject([{ name: 'part', pid: part.pid, isUp: true }]);
  });

  it('ends all it started and leaves no file', async () => {
    claimStack(dataDir, 'detached', {});
    const parts = [await start('a', 'backend'), await start('b', 'service')];
    expect(await stopStack(dataDir)).toEqual(['b', 'a']);
    expect(parts.filter((part) => isAlive(part))).toEqual([]);
    expect(stackStatus(dataDir)).toEqual({ state: 'down', rows: [], file: null });
  });

  it('refuses to be started twice, and to be wiped while it runs', async () => {
    claimStack(dataDir, 'detached', {});
    await start('part', 'service');
    expect(() => claimStack(dataDir, 'detached', {})).toThrow('is up already');
    expect(() => wipeStack(dataDir)).toThrow('is up already');
  });

  it('refuses a second starter while the first is still at it', () => {
    claimStack(dataDir, 'detached', {});
    expect(() => claimStack(dataDir, 'detached', {})).toThrow('is up already');
  });

  it('says so when a part has ended, and wants it taken down first', async () => {
    claimStack(dataDir, 'detached', {});
    const part = await start('ended', 'service');
    await start('running', 'service');
    process.kill(part.pid, 'SIGKILL');
    await expect.poll(() => stackStatus(dataDir).state).toBe('partly-up');
    expect(() => claimStack(dataDir, 'detached', {})).toThrow('strata down');
  });

  it('takes the place of one that a reboot or a kill ended', async () => {
    claimStack(dataDir, 'detached', {});
    const part = await start('part', 'service');
    updateStackFile(dataDir, (file) => ({
      ...file,
      startedBy: { ...file.startedBy, startedAt: 'before the reboot' },
      processes: [{ ...part, startedAt: 'before the reboot' }],
    }));
    expect(stackStatus(dataDir).state).toBe('down');
    claimStack(dataDir, 'detached', {});
    expect(readStackFile(dataDir)?.processes).toEqual([]);
    // The number now belongs to a stranger, which nothing of ours may end.
    expect(isAlive(part)).toBe(true);
    process.kill(part.pid, 'SIGKILL');
  });

  it('reads a torn stack file as none', () => {
    writeFileSync(stackFilePath(dataDir), '{"format": 1, "proc');
    expect(stackStatus(dataDir).state).toBe('down');
  });

  it('gives a service started again the place of the one that ended', async () => {
    claimStack(dataDir, 'detached', {});
    const first = await start('scorer', 'service');
    process.kill(first.pid, 'SIGKILL');
    const second = await start('scorer', 'service');
    expect(stackStatus(dataDir).rows.map((row) => row.pid)).toEqual([second.pid]);
  });

  it('ends by force what ignores the polite signal', async () => {
    claimStack(dataDir, 'detached', {});
    const script = `process.on('SIGTERM', () => undefined); console.log('deaf'); ${idle}`;
    const deaf = await start('deaf', 'service', script);
    updateStackFile(dataDir, (file) => ({ ...file, processes: [{ ...deaf, graceMs: 50 }] }));
    await stopStack(dataDir);
    expect(isAlive(deaf)).toBe(false);
  });
});
