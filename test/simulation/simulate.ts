/**
 * simulate.ts: runs the real services over a simulated world, seed by seed (`--help`). It ends with 1 where a seed does
 * not hold, or where a long run has not seen what it has to have seen.
 */
import { parseArgs } from 'node:util';
import { SEEDS_MIN, sightings, sightingsTable } from './must-happen.ts';
import { type Progress, type RangeReport, runSeeds } from './run-seeds.ts';
import { simulate } from './simulation.ts';

const STEPS = 2_000;
const FAILURES_MAX = 20;
const PROGRESS_MS = 2_000;

const HELP = `Usage: npm run simulate -- [options]

Ingestor, scorer and notifier as they are, over a simulated log, store, queue, network and clock; one seed, one thread.

  --seed N          one seed
  --seeds FROM..TO  a range, both included (default 1..2000)
  --steps S         steps with faults in each seed (default ${STEPS}); then all faults stop and all has to come to rest
  --workers W       threads (default 2)
  --trace           with --seed: every step
  --json            the result as JSON
  --help            this text

A seed that fails is printed with the command that does exactly the same again.
`;

interface Options {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly workers: number;
  readonly isTraced: boolean;
  readonly isJson: boolean;
}

function readOptions(argv: readonly string[]): Options | string {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string', default: '1..2000' },
      steps: { type: 'string', default: String(STEPS) },
      workers: { type: 'string', default: '2' },
      trace: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return HELP;
  const range = /^(\d+)\.\.(\d+)$/.exec(values.seeds);
  const from = Number(values.seed ?? range?.[1]);
  const to = Number(values.seed ?? range?.[2]);
  const [steps, workers] = [Number(values.steps), Number(values.workers)];
  const isCount = [from, to, steps, workers].every((it) => Number.isSafeInteger(it) && it >= 0);
  if (!isCount || to < from || workers < 1) {
    throw new TypeError('Seeds, steps and workers are whole numbers, a range is FROM..TO: --help');
  }
  return { from, to, steps, workers, isTraced: values.trace, isJson: values.json };
}

function tellProgress(startedMs: number): (progress: Progress) => void {
  let toldMs = startedMs;
  return ({ done, of, failed, failure }) => {
    const nowMs = performance.now();
    // At once: a long run may be ended before its end.
    if (failure !== null)
      process.stderr.write(`seed ${failure.seed} fails: ${failure.failures[0]}\n`);
    if (nowMs - toldMs < PROGRESS_MS) return;
    toldMs = nowMs;
    const perSecond = (done * 1_000) / (nowMs - startedMs);
    const left = Math.ceil((of - done) / perSecond);
    const text = `${done} of ${of} seeds, ${perSecond.toFixed(1)} a second, ${left} s left`;
    process.stderr.write(`${text}${failed > 0 ? `, ${failed} failed` : ''}\n`);
  };
}

const byName = ([one]: readonly [string, number], [other]: readonly [string, number]): number =>
  one < other ? -1 : 1;

async function runOne({ from, steps, isTraced, isJson }: Options): Promise<number> {
  const onStep = (line: string): void => void process.stdout.write(`${line}\n`);
  const options = { seed: from, steps, ...(isTraced ? { onStep } : {}) };
  const { tally, ...result } = await simulate(options);
  if (isJson) {
    const counts = Object.fromEntries(tally.counts);
    process.stdout.write(`${JSON.stringify({ ...result, counts })}\n`);
  } else {
    for (const failure of result.failures) process.stdout.write(`${failure}\n`);
    const verdict = result.failures.length === 0 ? 'holds' : 'FAILS';
    process.stdout.write(
      `seed ${from} ${verdict}: ${result.steps} steps, trace ${result.traceHash}\n`,
    );
  }
  return result.failures.length === 0 ? 0 : 1;
}

async function runRange(options: Options): Promise<number> {
  const report = await runSeeds(
    { ...options, failuresMax: FAILURES_MAX },
    tellProgress(performance.now()),
  );
  const rows = report.seeds >= SEEDS_MIN ? sightings(report.tally, report.seeds) : [];
  const missing = rows.filter(({ seen, least }) => seen < least);
  if (options.isJson) {
    const { tally, ...rest } = report;
    const counts = Object.fromEntries([...tally.counts].toSorted(byName));
    process.stdout.write(`${JSON.stringify({ ...rest, missing, counts })}\n`);
  } else process.stdout.write(textOf(report, options.steps));
  if (missing.length > 0) {
    process.stdout.write(`What a run has to have seen, and did not (!):\n${sightingsTable(rows)}`);
  }
  return report.failed.length === 0 && missing.length === 0 ? 0 : 1;
}

function textOf({ seeds, steps, seconds, failed }: RangeReport, faultSteps: number): string {
  const failures = failed.map(
    ({ seed, failures: [first = ''] }) =>
      `seed ${seed}: ${first}\n  again: node test/simulation/simulate.ts --seed ${seed} --steps ${faultSteps}\n`,
  );
  const rate = (steps / seconds).toFixed(0);
  const sum = `${seeds} seeds, ${steps} steps in ${seconds.toFixed(1)} s (${rate} a second), ${failed.length} failed\n`;
  return [...failures, sum].join('');
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return 0;
  }
  return options.from === options.to ? runOne(options) : runRange(options);
}

try {
  process.exitCode = await main();
} catch (error) {
  // Wrong use; every fault of a seed is a result.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
