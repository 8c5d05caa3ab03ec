import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { API_KEYS, API_SCOPES, findKey, parseKeyFile } from '@strata/service-runtime';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../cli.ts';
import { ensureApiKeys, ownApiKey } from '../stack/api-keys.ts';

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
  const keys = parseKeyFile(API_KEYS, readFileSync(file, 'utf8'), file);
  return new Map(keys.map((key) => [key.name, key]));
};

test('a stack makes one key of the API for its user, with every scope', () => {
  const folder = aFolder();
  const { keysFile, ownKeyFile } = ensureApiKeys(folder);
  const own = findKey(keysIn(keysFile), ownApiKey(folder) ?? '');
  expect(own).toMatchObject({ name: 'local', scopes: [...API_SCOPES] });
  expect(statSync(ownKeyFile).mode & 0o077).toBe(0);
});

test('keys are made with their scopes, listed without their hash, and taken away', async () => {
  const folder = aFolder();
  const { keysFile } = ensureApiKeys(folder);
  const add = ['api-key', 'add', 'crm', '--scope', 'profiles:read', '--scope', 'changes:read'];
  const made = await run(folder, 'en', ...add, '--per-second', '5');
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('Shown once') });
  expect(findKey(keysIn(keysFile), made.stdout.trim())).toMatchObject({
    scopes: ['profiles:read', 'changes:read'],
    requestsPerSecond: 5,
    burst: 1_000,
  });
  expect(await run(folder, 'zh', ...add)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('已有密钥“crm”'),
  });
  const listed = await run(folder, 'en', 'api-key', 'list', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'local' }, { name: 'crm' }]);
  expect(listed.stdout).not.toContain('sha256');
  expect((await run(folder, 'zh', 'api-key', 'list')).stdout).toMatch(/权限/);
  expect(await run(folder, 'en', 'api-key', 'remove', 'crm')).toMatchObject({ code: 0 });
  expect(await run(folder, 'en', 'api-key', 'remove', 'crm')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('./strata api-key list'),
  });
});

test.each([
  [['crm'], '--scope SCOPE'],
  [['crm', '--scope', 'everything'], 'no scope'],
  [['Crm', '--scope', 'profiles:read'], 'no name of a key'],
])('wrong use is told: %s', async (argv, told) => {
  const ended = await run(aFolder(), 'en', 'api-key', 'add', ...argv);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
});
