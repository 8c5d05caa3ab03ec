import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language } from '@strata/contracts';
import type { BenchReport } from '../bench-report.ts';
import type { FiguresReport } from '../figures-report.ts';
import { thisMachine } from '../machine.ts';
import type { QuestionId } from '../questions.ts';
import { type AllReport, rowsOf } from './all-report.ts';
import { STEPS, type Step } from './steps.ts';

const ENTRY = fileURLToPath(new URL('../main.ts', import.meta.url));

/**
 * Runs every benchmark, each as a process of its own, so that none finds the memory and the compiled
 * code of another, and that the end of one is not the end of all. `keep` is told after each.
 */
export async function benchAll(wanted: {
  readonly language: Language;
  readonly isQuick: boolean;
  readonly signal: AbortSignal;
  readonly keep: (report: AllReport) => void;
}): Promise<AllReport> {
  const { language, isQuick, signal, keep } = wanted;
  const machine = thisMachine();
  const startedMs = performance.now();
  const minutesSoFar = (): number => (performance.now() - startedMs) / 60_000;
  const steps = STEPS.filter((step) => !isQuick || step.quickMinutes !== null);
  const reports: (BenchReport | FiguresReport)[] = [];
  const failures = new Map<QuestionId, string>();
  const report = (): AllReport => ({
    benchmark: 'all',
    isQuick,
    machine,
    minutes: Number(minutesSoFar().toFixed(1)),
    rows: rowsOf(
      reports.flatMap(({ answers = [] }) => answers),
      failures,
    ),
    reports,
  });
  for (const [at, step] of steps.entries()) {
    sayProgress({ language, isQuick, steps, at, minutes: minutesSoFar() });
    try {
      reports.push(await runStep(step, { language, isQuick, signal }));
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`${step.name}: ${reason}\n`);
      for (const question of step.questions) failures.set(question, reason);
    }
    keep(report());
  }
  return report();
}

function sayProgress(progress: {
  readonly language: Language;
  readonly isQuick: boolean;
  readonly steps: readonly Step[];
  readonly at: number;
  readonly minutes: number;
}): void {
  const { language, isQuick, steps, at, minutes } = progress;
  const expected = (some: readonly Step[]): number =>
    some.reduce((sum, step) => sum + ((isQuick ? step.quickMinutes : step.fullMinutes) ?? 0), 0);
  // How much slower or faster than on the machine of the estimates, once there is something to tell it by.
  const pace = at === 0 ? 1 : minutes / expected(steps.slice(0, at));
  const left = Math.ceil(expected(steps.slice(at)) * pace);
  const name = [steps[at]?.name, ...(steps[at]?.args ?? [])].join(' ');
  const line =
    language === 'zh'
      ? `== ${at + 1}/${steps.length} ${name}：已用 ${minutes.toFixed(1)} 分钟，约剩 ${left} 分钟`
      : `== ${at + 1} of ${steps.length}, ${name}: ${minutes.toFixed(1)} min so far, about ${left} min left`;
  process.stderr.write(`${line}\n`);
}

/** A step that takes so many times as long as expected hangs. */
const LIMIT_FACTOR = 10;

async function runStep(
  { name, args, quickMinutes, fullMinutes }: Step,
  wanted: { readonly language: Language; readonly isQuick: boolean; readonly signal: AbortSignal },
): Promise<BenchReport | FiguresReport> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-all-'));
  const out = join(folder, 'report.json');
  const quick = wanted.isQuick ? ['--quick'] : [];
  const argv = [ENTRY, name, ...args, ...quick, '--language', wanted.language, '--out', out];
  try {
    const expected = wanted.isQuick ? quickMinutes : fullMinutes;
    const limitMinutes = LIMIT_FACTOR * (expected ?? fullMinutes);
    const child = spawn(process.execPath, argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMinutes * 60_000,
    });
    const stop = (): void => void child.kill('SIGTERM');
    wanted.signal.addEventListener('abort', stop);
    let lastLine = '';
    // Of one that fails, what it says last is the reason; its own table is in the result already.
    child.stdout.setEncoding('utf8').on('data', (text: string) => process.stderr.write(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text);
      lastLine = firstWordsOf(text) ?? lastLine;
    });
    const [code, killed] = (await once(child, 'close')) as [number | null, string | null];
    wanted.signal.removeEventListener('abort', stop);
    if (killed !== null) throw new Error(`did not end within ${limitMinutes} minutes`);
    if (code !== 0) throw new Error(lastLine || `ended with exit code ${code}`);
    return JSON.parse(await readFile(out, 'utf8')) as BenchReport | FiguresReport;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The line before the stack of an error, or the last one where there is none. */
function firstWordsOf(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.findLast((line) => !/^\s+at /.test(line) && !line.startsWith('  '))?.trim();
}
