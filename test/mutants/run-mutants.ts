/**
 * run-mutants.ts [--rules|--machinery] [WORD]...: puts one fault after the other into the code, runs the tests that
 * should notice, and prints which did. Without words it runs all (of the rules, or of what runs them), else those whose
 * guard has one of the words. It ends with 1 where a fault went unnoticed, where its text is not found, or where the
 * tests fail without any fault. The faults of the machinery need what `npm run test:integration` needs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EVERY_MUTANT } from './every-mutant.ts';
import { MACHINERY_MUTANTS } from './machinery-mutants.ts';
import type { Mutant } from './mutant.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'strata-mutants-'));

interface Failure {
  readonly file: string;
  readonly test: string;
}

/** The tests that fail, or null where the run did not come so far. */
function failuresOf(
  { tests, named }: Pick<Mutant, 'tests' | 'named'>,
  mutant: number | null,
): readonly Failure[] | null {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const argv = ['--config', 'test/mutants/vitest.config.ts', '--bail', '1', '--reporter', 'json'];
  if (named !== undefined) argv.push('-t', named);
  const run = spawnSync(
    'node',
    ['node_modules/vitest/vitest.mjs', 'run', ...argv, '--outputFile', report, ...tests],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        ...process.env,
        ...(mutant === null ? {} : { STRATA_MUTANT: String(mutant) }),
        STRATA_MODEL_CASES: '300',
        STRATA_MODEL_SEED: '1',
      },
    },
  );
  const failures = readReport(report);
  if (failures !== null && (failures.length > 0 || run.status === 0)) return failures;
  process.stderr.write(`${run.stdout}${run.stderr}`);
  return null;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function readReport(path: string): readonly Failure[] | null {
  try {
    const { testResults } = JSON.parse(readFileSync(path, 'utf8')) as Report;
    return testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName }) => ({ file: relative(ROOT, name), test: fullName })),
    );
  } catch {
    return null;
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');

function rowOf(
  mutant: Mutant,
  number: number,
): { readonly row: string; readonly isKilled: boolean } {
  const failures = failuresOf(mutant, number);
  const [first] = failures ?? [];
  const seen =
    first === undefined
      ? failures === null
        ? '**broken**'
        : '**survives**'
      : `${first.file}: ${oneLine(first.test)}`;
  const change = `\`${oneLine(mutant.from)}\` → \`${oneLine(mutant.to)}\``;
  return {
    row: `| ${mutant.guard} | ${mutant.file} | ${change} | ${seen} |`,
    isKilled: first !== undefined,
  };
}

function main(): number {
  const given = process.argv.slice(2);
  const words = given.filter((word) => !word.startsWith('--'));
  const isOf = (mutant: Mutant): boolean => {
    const isMachinery = MACHINERY_MUTANTS.includes(mutant);
    return !given.includes(isMachinery ? '--rules' : '--machinery');
  };
  const chosen = EVERY_MUTANT.map((mutant, number) => ({ mutant, number }))
    .filter(({ mutant }) => isOf(mutant))
    .filter(
      ({ mutant }) => words.length === 0 || words.some((word) => mutant.guard.includes(word)),
    );
  const tests = [...new Set(chosen.flatMap(({ mutant }) => mutant.tests))];
  const failing = failuresOf({ tests }, null);
  if (failing === null || failing.length > 0) {
    process.stdout.write(`Without any fault these fail: ${JSON.stringify(failing)}\n`);
    return 1;
  }
  process.stdout.write('| guard | file | fault | noticed by |\n|---|---|---|---|\n');
  let survivors = 0;
  for (const { mutant, number } of chosen) {
    const { row, isKilled } = rowOf(mutant, number);
    if (!isKilled) survivors++;
    process.stdout.write(`${row}\n`);
  }
  process.stdout.write(`\n${chosen.length - survivors} of ${chosen.length} noticed\n`);
  return survivors === 0 ? 0 : 1;
}

try {
  process.exitCode = main();
} finally {
  rmSync(folder, { recursive: true });
}
