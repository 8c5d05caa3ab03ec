import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { findKey, INTAKE_KEYS, parseKeyFile } from '@strata/service-runtime';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../cli.ts';
import { ensureIntakeKeys, ownIntakeKey } from '../stack/intake-keys.ts';

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function run(folder: string, language: 'zh' | 'en', ...argv: readonly string[]) {
  let stdout = '';
  let stderr = '';
  const code = await runCli(argv, {
    stdout: { write: (text) => void (stdout += text) },
    stderr: { isTty: false, write: (text) => void (stderr += text) },
    stdin: Readable.from([]),
    env: { STRATA_STACK_DIR: folder },
    cwd: folder,
    language,
    signal: new AbortController().signal,
    monotonicMs: () => performance.now(),
  });
  return { code, stdout, stderr };
}

const keysIn = (file: string) => {
  const keys = parseKeyFile(INTAKE_KEYS, readFileSync(file, 'utf8'), file);
  return new Map(keys.map((key) => [key.name, key]));
};

test('a stack makes one key for its user, once, and keeps it from others', () => {
  const folder = aFolder();
  const { keysFile, ownKeyFile } = ensureIntakeKeys(folder);
  const token = ownIntakeKey(folder) ?? '';
  expect(findKey(keysIn(keysFile), token)).toMatchObject({ name: 'local', sources: ['*'] });
  expect(statSync(ownKeyFile).mode & 0o077).toBe(0);
  expect(readFileSync(keysFile, 'utf8')).not.toContain(token);
  ensureIntakeKeys(folder);
  expect(ownIntakeKey(folder)).toBe(token);
});

test('keys are made beside the one there is, listed without their hash, and taken away', async () => {
  const folder = aFolder();
  const { keysFile } = ensureIntakeKeys(folder);
  const add = ['intake-key', 'add', 'desk', '--source', 'desk', '--source', 'survey'];
  const made = await run(folder, 'en', ...add, '--per-second', '5', '--burst', '50');
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('Shown once') });
  expect(findKey(keysIn(keysFile), made.stdout.trim())).toMatchObject({
    name: 'desk',
    sources: ['desk', 'survey'],
    eventsPerSecond: 5,
    burst: 50,
  });
  expect(await run(folder, 'zh', ...add)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('已有密钥“desk”'),
  });
  const listed = await run(folder, 'en', 'intake-key', 'list', '--json');
  expect(JSON.parse(listed.stdout).map(({ name }: { name: string }) => name)).toEqual([
    'local',
    'desk',
  ]);
  expect(listed.stdout).not.toContain('sha256');
  expect((await run(folder, 'zh', 'intake-key', 'list')).stdout).toMatch(/desk +desk, survey +5/);
  expect(await run(folder, 'en', 'intake-key', 'remove', 'desk')).toMatchObject({ code: 0 });
  expect([...keysIn(keysFile).keys()]).toEqual(['local']);
  expect(await run(folder, 'en', 'intake-key', 'remove', 'desk')).toMatchObject({ code: 1 });
});

test.each([
  [['Desk', '--source', 'x'], 'no name of a key'],
  [['desk'], '--source NAME'],
  [['desk', '--source', 'x', '--burst', '0'], '--burst'],
  [['desk', '--source', 'x', '--per-second', 'many'], '--per-second'],
])('wrong use is told: %s', async (argv, told) => {
  const ended = await run(aFolder(), 'en', 'intake-key', 'add', ...argv);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
});
