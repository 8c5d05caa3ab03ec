import { describe, expect, test } from 'vitest';
import { filesThat, isTestFile, readText } from './repository.ts';

const LINES_MAX = 400;
const TEST_LINES_MAX = 600;
const MAIN_LINES_MAX = 40;
const README_LINES_MAX = 150;
const ARCHITECTURE_LINES_MAX = 300;
const VAGUE = ['utils', 'helpers', 'common', 'manager', 'impl', 'base', 'misc', 'types'];

describe('sizes', () => {
  test('a file of code has at most 400 lines, one of tests 600', () => {
    const code = filesThat(
      /^(packages|services|bench|recipes|infra|test|schemas)\/.+\.(ts|mjs|lua|sh|py)$/,
    );
    const long = code.filter(
      (path) => lineCount(path) > (isTestFile(path) ? TEST_LINES_MAX : LINES_MAX),
    );
    expect(long).toEqual([]);
  });

  test('main.ts of a service holds no logic', () => {
    const mains = filesThat(/^services\/[^/]+\/src\/main\.ts$/);
    expect(mains).not.toEqual([]);
    expect(mains.filter((path) => lineCount(path) > MAIN_LINES_MAX)).toEqual([]);
  });

  test.each([
    ['README.md', README_LINES_MAX],
    ['README.zh-CN.md', README_LINES_MAX],
    ['docs/architecture.md', ARCHITECTURE_LINES_MAX],
  ])('%s has at most %i lines', (path, max) => {
    expect(lineCount(path)).toBeLessThanOrEqual(max);
  });

  test('no file has a name that says nothing', () => {
    const vague = filesThat(/\.(ts|mjs)$/).filter((path) => {
      const name = path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '');
      return VAGUE.includes(name);
    });
    expect(vague).toEqual([]);
  });
});

function lineCount(path: string): number {
  return readText(path).trimEnd().split('\n').length;
}
