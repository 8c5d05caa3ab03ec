import { describe, expect, test } from 'vitest';
import { FILES, filesThat, readText } from './repository.ts';

const SERVICES = filesThat(/^services\/[^/]+\/package\.json$/).map(
  (path) => path.split('/')[1] ?? '',
);
/** A reader looks a rule of grading up by its name and finds the file. */
const RULES = [
  'refund',
  'window edge',
  'hysteresis',
  'grace',
  'at-risk',
  'withdrawn',
  'quantile',
  'clv',
  'tenure',
];

describe('documents', () => {
  test.each(SERVICES)('%s has a README that fits on one screen', (service) => {
    const lines = readText(`services/${service}/README.md`).split('\n').length;
    expect(lines).toBeLessThanOrEqual(80);
  });

  test.each(RULES)('the architecture names the file of the rule %s', (rule) => {
    const row = readText('docs/architecture.md')
      .split('\n')
      .find((line) => line.toLowerCase().startsWith(`| ${rule} |`));
    expect(row).toMatch(/`packages\/domain\/src\/[\w/-]+\.ts`/);
  });

  describe('the guarantees', () => {
    const text = readText('docs/operations/guarantees.md');
    const rows = text.split('\n').filter((line) => /^\| T\d+ \|/.test(line));

    test('have a row for each test of the catalogue', () => {
      const numbers = rows.map((row) => Number(/\d+/.exec(row)?.[0]));
      expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18]);
    });

    test.each(rows)('name tests that are there: %s', (row) => {
      const named = [...row.matchAll(/`([\w/.-]+\.test\.ts|test\/[\w/.-]+)`/g)];
      expect(named.length).toBeGreaterThan(0);
    });

    test('name files that are there', () => {
      const named = [...text.matchAll(/`((?:packages|services|test)\/[\w/.-]+)`/g)];
      const paths = named.map(([, path = '']) => path);
      const isThere = (path: string): boolean =>
        FILES.some((file) => file === path || file.startsWith(`${path}/`));
      expect(paths.filter((path) => !isThere(path))).toEqual([]);
    });
  });

  test('the two READMEs tell the same commands', () => {
    const commands = (path: string): readonly string[] =>
      [...readText(path).matchAll(/^ {4}(\.\/strata .+|npm .+)$/gm)].map(([, line = '']) =>
        line.replace(/\s+#.*$/, ''),
      );
    expect(commands('README.md').length).toBeGreaterThan(5);
    expect(commands('README.zh-CN.md')).toEqual(commands('README.md'));
  });

  test('decisions are numbered without a gap, and say how they stand', () => {
    const inFolder = FILES.filter((path) => path.startsWith('docs/decisions/'));
    const decisions = inFolder.filter((path) => !path.endsWith('/README.md')).toSorted();
    const numbers = decisions.map((path) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]));
    expect(numbers).toEqual(decisions.map((_, index) => index));
    const list = readText('docs/decisions/README.md');
    for (const path of decisions.slice(1)) {
      expect(list).toContain(`](${path.split('/').at(-1)})`);
      expect(readText(path), path).toMatch(/^Status: (accepted|superseded by \[\d{4}\])/m);
    }
  });
});
