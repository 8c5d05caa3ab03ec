import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runCli, type StackHandle } from '@strata/cli';
import { foreignTold, type Told } from '../audit/told.ts';
import { shoppersPolicyText } from '../stack/shoppers-policy.ts';

interface Said {
  readonly exitCode: number;
  readonly said: string;
}

/** A command as a person gives it, on the stack of the run. */
export async function strata(
  stack: StackHandle,
  argv: readonly string[],
  cwd: string,
): Promise<Said> {
  let said = '';
  const note = (text: string): void => void (said += text);
  const exitCode = await runCli([...argv], {
    stdout: { write: note },
    stderr: { isTty: false, write: note },
    stdin: Readable.from([]),
    env: {},
    cwd,
    language: 'en',
    signal: new AbortController().signal,
    monotonicMs: () => performance.now(),
    stack,
  });
  return { exitCode, said };
}

export async function verifyFromLog(stack: StackHandle): Promise<readonly string[]> {
  const { exitCode, said } = await strata(stack, ['verify', '--from-log', '--json'], tmpdir());
  return exitCode === 0 ? [] : [said];
}

/** Every tier change that the events of the log come to until `untilMs`, without anything else that lies there. */
export async function backtestFromLog(
  stack: StackHandle,
  { baseCurrency, untilMs }: { readonly baseCurrency: string; readonly untilMs: number },
): Promise<readonly Told[]> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-chaos-'));
  try {
    await writeFile(join(folder, 'shoppers.yaml'), shoppersPolicyText(baseCurrency));
    const graded = ['--policy', './shoppers.yaml', '--until', new Date(untilMs).toISOString()];
    const argv = ['backtest', '--from-log', ...graded, '--changes', 'told.ndjson'];
    const { exitCode, said } = await strata(stack, argv, folder);
    if (exitCode !== 0) throw new Error(said);
    const lines = (await readFile(join(folder, 'told.ndjson'), 'utf8')).trim().split('\n');
    return lines.map((line) => {
      const change = JSON.parse(line) as Parameters<typeof foreignTold>[0] & {
        cause: { kind: string };
        effectiveAt: string;
      };
      const effectiveAt = Date.parse(change.effectiveAt);
      return foreignTold({ ...change, cause: change.cause.kind, effectiveAt });
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
