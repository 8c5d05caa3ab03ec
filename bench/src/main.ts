/**
 * The program behind `./strata bench`: without a name it lists the benchmarks, with one it runs it.
 * The table goes to standard output, progress to standard error, and the figures to a file. Exit code 1
 * where something is not as it has to be, 2 for wrong use, anything else where it did not come to its end.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Language } from '@strata/contracts';
import { type AllReport, allText } from './all/all-report.ts';
import { benchAll } from './all/bench-all.ts';
import { BenchFault } from './bench-fault.ts';
import { reportText } from './bench-report.ts';
import { BENCH_OPTIONS, type Benchmark, type BenchOption } from './benchmark.ts';
import { BENCHMARKS, benchmarkNamed } from './benchmarks.ts';
import { deploymentPage } from './deployment/deployment-page.ts';
import { figuresText } from './figures-report.ts';

const CRASHED = 70;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    language: { type: 'string', default: 'en' },
    rounds: { type: 'string' },
    records: { type: 'string' },
    customers: { type: 'string' },
    'change-percent': { type: 'string' },
    orders: { type: 'string' },
    threads: { type: 'string' },
    seconds: { type: 'string' },
    idle: { type: 'string' },
    from: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const language: Language = values.language === 'zh' ? 'zh' : 'en';
const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());

const LIST_ONLY = [
  {
    name: 'all',
    summary: {
      en: 'all of them, and the table of what Strata has to reach',
      zh: '全部基准测试，以及 Strata 须达到的指标表',
    },
  },
  {
    name: 'deployment',
    summary: {
      en: 'computes deployments from the result file of `all` (--from FILE); measures nothing',
      zh: '根据 `all` 的结果文件计算部署规模（--from FILE）；不做测量',
    },
  },
];

try {
  process.exitCode = await run(positionals[0]);
} catch (error) {
  const isFault = error instanceof BenchFault;
  const said = error instanceof Error ? (isFault ? error.message : error.stack) : String(error);
  process.stderr.write(`${said}\n`);
  process.exitCode = isFault ? 1 : CRASHED;
}

async function run(name: string | undefined): Promise<number> {
  if (name === 'all') return runAll();
  if (name === 'deployment') {
    if (values.from === undefined) throw new BenchFault('Name the result file: --from FILE');
    process.stdout.write(deploymentPage(values.from));
    return 0;
  }
  const benchmark = benchmarkNamed(name);
  if (benchmark !== undefined) return runOne(benchmark);
  const list = [...BENCHMARKS, ...LIST_ONLY].map((each) => ({
    name: each.name,
    summary: each.summary[language],
  }));
  const width = Math.max(...list.map((each) => each.name.length)) + 2;
  process.stdout.write(
    values.json
      ? `${JSON.stringify(list)}\n`
      : list.map((each) => `${each.name.padEnd(width)}${each.summary}\n`).join(''),
  );
  return name === undefined ? 0 : 2;
}

async function runAll(): Promise<number> {
  const keep = (report: AllReport): void => {
    if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
  };
  const report = await benchAll({ language, isQuick: values.quick, signal: end.signal, keep });
  const text = values.json ? `${JSON.stringify(report, null, 2)}\n` : allText(report, language);
  process.stdout.write(text);
  return report.rows.some(({ verdict }) => verdict === 'missed') ? 1 : 0;
}

async function runOne(benchmark: Benchmark): Promise<number> {
  const sizes = values.quick ? benchmark.quick : benchmark.defaults;
  const report = await benchmark.run({
    rounds: Number(values.rounds ?? sizes.rounds),
    records: Number(values.records ?? sizes.records),
    options: { ...sizes.options, ...optionsFor(benchmark) },
    isQuick: values.quick,
    say: (line) => void process.stderr.write(`${line[language]}\n`),
    signal: end.signal,
  });
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (values.out !== undefined) writeFileSync(values.out, json);
  const text = 'rows' in report ? reportText(report, language) : figuresText(report, language);
  process.stdout.write(values.json ? json : text);
  return 0;
}

function optionsFor({ name: of, options: taken = [] }: Benchmark) {
  const given = BENCH_OPTIONS.filter((option) => values[option] !== undefined);
  const stranger = given.find((option) => !taken.includes(option));
  if (stranger !== undefined) throw new BenchFault(`The benchmark ${of} takes no --${stranger}`);
  const numbers = given.map((option): [BenchOption, number] => [option, Number(values[option])]);
  return Object.fromEntries(numbers);
}
