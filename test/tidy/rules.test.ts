import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FILES, readText } from './repository.ts';

/** The only way into the core that a service has; a rule that it does not reach would decide nothing. */
const FOLD = 'packages/domain/src/fold.ts';
/** One reads what the fold left; the other makes the borders that come to the fold in a calibration, which is a record. */
const BESIDE_THE_FOLD = new Set([
  'packages/domain/src/explain.ts',
  'packages/domain/src/calibration/compare-calibrations.ts',
  'packages/domain/src/calibration/share-borders.ts',
]);

/** What a file uses when it runs: types alone reach nothing. */
function importsOf(path: string): readonly string[] {
  const statements = readText(path).matchAll(
    /^(?:import|export)\s+(?!type\b)[^'"]*?from\s+'(\.[^']+)'/gms,
  );
  return [...statements].map(([, to = '']) => join(dirname(path), to));
}

function reachedFrom(path: string): ReadonlySet<string> {
  const reached = new Set([path]);
  for (const file of reached) for (const next of importsOf(file)) reached.add(next);
  return reached;
}

/** The rows of the table, each with every file it names. */
function rules(): readonly { readonly rule: string; readonly files: readonly string[] }[] {
  const [, table = ''] = readText('docs/architecture.md').split('## Where each rule is');
  return [...(table.split('\n## ')[0] ?? '').matchAll(/^\| ([^|]+) \| (`[^|]+) \|$/gm)].map(
    ([, rule = '', cell = '']) => ({
      rule,
      files: [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    }),
  );
}

describe('where each rule is', () => {
  const reached = reachedFrom(FOLD);

  test('names rules at all', () => expect(rules().length).toBeGreaterThan(30));

  test.each(rules())('$rule: the files are there, and the fold reaches them', ({ files }) => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const isThere = FILES.some((it) => it === file || it.startsWith(`${file}/`));
      expect(isThere, file).toBe(true);
      if (BESIDE_THE_FOLD.has(file)) continue;
      const isReached = [...reached].some((it) => it === file || it.startsWith(`${file}/`));
      expect(isReached, `${file} is not reached from ${FOLD}`).toBe(true);
    }
  });
});
