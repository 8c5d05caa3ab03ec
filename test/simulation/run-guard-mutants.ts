/**
 * run-guard-mutants.ts [WORD]...: takes one guard of the runtime away after the other, runs the simulator, and prints
 * which assertion noticed, at which seed. Without words it runs all, else those whose guard has one of the words. It ends
 * with 1 where a fault went unnoticed.
 */
import { GUARD_MUTANTS, type GuardMutant } from './guard-mutants.ts';
import { runSeeds } from './run-seeds.ts';

const SEEDS_MAX = 3_000;
/** Enough to see that something never comes up which otherwise comes up in every thirtieth seed. */
const SEEDS_COUNTED = 200;
const STEPS = 2_000;
const WORKERS = 2;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');

async function noticed(mutant: GuardMutant, number: number): Promise<string | null> {
  const to = mutant.counted === undefined ? SEEDS_MAX : SEEDS_COUNTED;
  const range = { from: 1, to, steps: STEPS, workers: WORKERS, failuresMax: 1 };
  const { failed, tally, seeds } = await runSeeds({ ...range, mutant: number });
  const [first] = failed;
  if (first !== undefined) {
    const what = oneLine(first.failures[0] ?? '').replace(/^step \d+: /, '');
    return `seed ${first.seed}: ${what.slice(0, 160)}`;
  }
  const { counted } = mutant;
  return counted !== undefined && tally.of(counted) === 0
    ? `${seeds} seeds: "${counted}" never came up`
    : null;
}

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const chosen = GUARD_MUTANTS.map((mutant, number) => ({ mutant, number })).filter(
    ({ mutant }) => words.length === 0 || words.some((word) => mutant.guard.includes(word)),
  );
  process.stdout.write('| guard | file | fault | noticed by |\n|---|---|---|---|\n');
  let survivors = 0;
  for (const { mutant, number } of chosen) {
    const seen = await noticed(mutant, number);
    if (seen === null) survivors += 1;
    const change = `\`${oneLine(mutant.from)}\` → \`${oneLine(mutant.to)}\``;
    process.stdout.write(
      `| ${mutant.guard} | ${mutant.file} | ${change} | ${seen ?? '**survives**'} |\n`,
    );
  }
  process.stdout.write(`\n${chosen.length - survivors} of ${chosen.length} noticed\n`);
  return survivors === 0 ? 0 : 1;
}

process.exitCode = await main();
