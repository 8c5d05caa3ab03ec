import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import type { Language } from '../language.ts';
import { readPolicy } from '../policy-choice.ts';
import { policyCheckCommand } from './policy-check.ts';

const POLICIES = new URL('../../../../policies/', import.meta.url);
const PRESETS = readdirSync(POLICIES)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''));

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-policy-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function check(policy: string, language: Language) {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(
    ['policy', 'check', policy],
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
    [policyCheckCommand],
  );
  return { exitCode, stdout, stderr };
}

describe.each(PRESETS)('the preset %s', (preset) => {
  it('is sound, without a warning, and told by its labels in both languages', async () => {
    const { set } = await readPolicy({ policy: preset, cwd: folder, language: 'en' });
    for (const language of ['en', 'zh'] as const) {
      const { exitCode, stdout, stderr } = await check(preset, language);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      for (const { ladder, labels, segments } of set.policies) {
        for (const tier of ladder) expect(stdout).toContain(labels[tier]?.[language] ?? '(none)');
        for (const { label, name } of segments) expect(label, name).toHaveProperty(language);
      }
    }
  });
});

it('tells of several policies whom each grades, and judges them together', async () => {
  const shop = await readFile(new URL('shop.yaml', POLICIES), 'utf8');
  const chains = shop
    .replace('policy: shop', 'policy: chains')
    .replace('applies_to: existing', 'applies_to: {attribute: segment, in: [chain, wholesale]}');
  await writeFile(join(folder, 'two.yaml'), `${chains}\n---\n${shop}`);
  const { stdout } = await check('./two.yaml', 'zh');
  expect(stdout.split('\n').filter((line) => !line.startsWith('  '))).toEqual([
    '策略 chains（版本 1），适用于 segment 为 chain, wholesale 的现有客户：',
    '策略 shop（版本 1），适用于现有客户：',
    '以上策略可以一同发布。',
    '',
  ]);
});
