import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import { policyCheckCommand } from '../commands/policy-check.ts';
import { policyPublishCommand } from '../commands/policy-publish.ts';

async function policy(words: readonly string[], language: 'zh' | 'en') {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(
    ['policy', ...words],
    {
      stdout: { write: (text) => void (stdout += text) },
      stderr: { isTty: false, write: (text) => void (stderr += text) },
      stdin: Readable.from([]),
      env: {},
      cwd: '/',
      language,
      signal: new AbortController().signal,
      monotonicMs: () => 0,
    },
    [policyCheckCommand, policyPublishCommand],
  );
  return { exitCode, stdout, stderr };
}

it.each(['rfm-ten', 'rfm-eight'])('%s is sound, and no stack can grade by it yet', async (name) => {
  expect(await policy(['check', name], 'en')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(
      'is sound. What it takes from the population needs calibration',
    ),
  });
  for (const language of ['zh', 'en'] as const) {
    expect(await policy(['publish', name], language)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/needs calibration.*--calibrate-at DATE/s),
    });
  }
});
