import { Readable } from 'node:stream';
import { runCli } from '@strata/cli';

/** Runs a command line in this process. */
export async function runStrata(
  argv: readonly string[],
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(argv, {
    stdout: { write: (text) => void (stdout += text) },
    stderr: { isTty: false, write: (text) => void (stderr += text) },
    stdin: Readable.from([]),
    env: {},
    cwd: process.cwd(),
    language: 'en',
    signal: new AbortController().signal,
    monotonicMs: () => performance.now(),
  });
  return { exitCode, stdout, stderr };
}
