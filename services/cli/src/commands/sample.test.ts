import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import type { Language } from '../language.ts';
import { sampleCommand } from './sample.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-sample-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function sample(words: readonly string[], language: Language = 'en') {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(
    ['sample', ...words],
    {
      stdout: { write: (text) => void (stdout += text) },
      stderr: { isTty: false, write: (text) => void (stderr += text) },
      stdin: Readable.from([]),
      env: {},
      cwd: folder,
      language,
      signal: new AbortController().signal,
      monotonicMs: () => 0,
    },
    [sampleCommand],
  );
  return { exitCode, stdout, stderr };
}

it('writes the same lines to a file as to standard output, and says how to grade them', async () => {
  const { stdout } = await sample(['retail']);
  const { exitCode, stderr } = await sample(['retail', '--out', 'r.ndjson'], 'zh');
  expect(exitCode).toBe(0);
  expect(await readFile(join(folder, 'r.ndjson'), 'utf8')).toBe(stdout);
  expect(stderr).toMatch(/^已写入 r\.ndjson：\d,\d{3} 个事件，.*240 位客户。\n/);
  expect(stderr).toContain('./strata backtest r.ndjson --format events --policy retail');
});

it('knows which samples there are', async () => {
  const { exitCode, stderr } = await sample(['retial']);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^There is no sample 'retial'\. Did you mean 'retail'\? Choose from: /);
});

it('leaves nothing half-done where the file cannot be written', async () => {
  const { exitCode, stderr } = await sample(['retail', '--out', 'nowhere/r.ndjson']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('cannot be written');
  expect(await readdir(folder)).toEqual([]);
});
