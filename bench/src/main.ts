/**
 * The program behind `./strata bench`: without a name it lists the benchmarks, with one it runs it.
 * The table goes to standard output, progress to standard error, and the figures to a file.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Language } from '@strata/contracts';
import { reportText } from './bench-report.ts';
import { BENCH_OPTIONS, type Benchmark, type BenchOption } from './benchmark.ts';
import { deliveryBenchmark } from './delivery/delivery-benchmark.ts';
import { ingestBenchmark } from './ingest/ingest-benchmark.ts';
import { profileApiBenchmark } from './profile-api/profile-api-benchmark.ts';
import { scorerBenchmark } from './scorer/scorer-benchmark.ts';

/** Every benchmark, in the order of the list. A new one is added here. */
const BENCHMARKS: readonly Benchmark[] = [
  scorerBenchmark,
  ingestBenchmark,
  deliveryBenchmark,
  profileApiBenchmark,
];

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
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const language: Language = values.language === 'zh' ? 'zh' : 'en';
const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());

const [name] = positionals;
const benchmark = BENCHMARKS.find((each) => each.name === name);
if (benchmark === undefined) {
  const list = BENCHMARKS.map((each) => ({ name: each.name, summary: each.summary[language] }));
  process.stdout.write(
    values.json
      ? `${JSON.stringify(list)}\n`
      : list.map((each) => `${each.name}  ${each.summary}\n`).join(''),
  );
  process.exitCode = name === undefined ? 0 : 2;
} else {
  const report = await benchmark.run({
    rounds: Number(values.rounds ?? benchmark.defaults.rounds),
    records: Number(values.records ?? benchmark.defaults.records),
    options: optionsFor(benchmark),
    say: (line) => void process.stderr.write(`${line[language]}\n`),
    signal: end.signal,
  });
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (values.out !== undefined) writeFileSync(values.out, json);
  process.stdout.write(values.json ? json : reportText(report, language));
}

function optionsFor({ name: of, options: taken = [] }: Benchmark) {
  const given = BENCH_OPTIONS.filter((option) => values[option] !== undefined);
  const stranger = given.find((option) => !taken.includes(option));
  if (stranger !== undefined) throw new Error(`The benchmark ${of} takes no --${stranger}`);
  const numbers = given.map((option): [BenchOption, number] => [option, Number(values[option])]);
  return Object.fromEntries(numbers);
}
