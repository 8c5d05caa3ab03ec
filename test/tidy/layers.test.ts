import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  FOR_TESTS,
  LAYERS,
  MAY_COMPOSE_SERVICES,
  MAY_READ_SHARDS,
  MAY_TRY_THE_GATE,
  VENDORS_FOR_TESTS,
} from './layer-table.ts';
import { filesThat, isTestFile, readText } from './repository.ts';

interface Manifest {
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

const MANIFESTS: readonly Manifest[] = filesThat(
  /^((packages|services)\/[^/]+|test|bench|recipes)\/package\.json$/,
).map((path) => {
  const json = JSON.parse(readText(path)) as {
    name: string;
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  return {
    folder: dirname(path),
    name: json.name,
    dependencies: Object.keys(json.dependencies ?? {}),
    devDependencies: Object.keys(json.devDependencies ?? {}),
  };
});
/** Tests and benchmarks may know everything, and nothing may know them. */
const BUILT = MANIFESTS.filter(({ folder }) => folder !== 'test' && folder !== 'bench');
const SCOPE = '@strata/';
/** Builders and stages of tests that lie beside the code they build. */
const TEST_SUPPORT = /\/builders\/|\/test-[^/]+\.ts$/;

describe('layers', () => {
  test('the table names every package and service, and no other', () => {
    const inTable = LAYERS.flatMap(({ members }) => Object.keys(members));
    expect(inTable.toSorted()).toEqual(BUILT.map(({ folder }) => folder).toSorted());
  });

  test.each(BUILT)(
    '$name imports what its layer may',
    ({ folder, dependencies, devDependencies }) => {
      const layer = LAYERS.find(({ members }) => folder in members);
      const allowed = new Set([
        ...(layer?.mayImport ?? []).map((name) => SCOPE + name),
        ...(layer?.members[folder] ?? []),
      ]);
      const forTests = new Set([
        ...allowed,
        ...FOR_TESTS.map((name) => SCOPE + name),
        ...VENDORS_FOR_TESTS,
      ]);
      expect(dependencies.filter((name) => !allowed.has(name))).toEqual([]);
      expect(devDependencies.filter((name) => !forTests.has(name))).toEqual([]);
    },
  );

  test('what a manifest keeps for tests is imported by tests alone', () => {
    const wrong = importsOf(/^(packages|services)\/[^/]+\/src\/.+\.ts$/).filter(
      ({ path, name }) => {
        const manifest = BUILT.find(({ folder }) => path.startsWith(`${folder}/`));
        const isForTests = isTestFile(path) || TEST_SUPPORT.test(path);
        return !isForTests && manifest?.devDependencies.includes(name) === true;
      },
    );
    expect(wrong.map(({ path, name }) => `${path} imports ${name}`)).toEqual([]);
  });

  test('services are put together in one process in one place', () => {
    const services = ['console', 'ingestor', 'notifier', 'scorer'].map((name) => SCOPE + name);
    const wrong = importsOf(/^services\/cli\/src\/.+\.ts$/).filter(
      ({ path, name }) =>
        services.includes(name) &&
        !isTestFile(path) &&
        ![MAY_COMPOSE_SERVICES, MAY_TRY_THE_GATE, ...MAY_READ_SHARDS].includes(path),
    );
    expect(wrong.map(({ path, name }) => `${path} imports ${name}`)).toEqual([]);
  });

  test('relative imports stay inside their package', () => {
    const wrong = filesThat(/^(packages|services)\/[^/]+\/src\/.+\.ts$/).flatMap((path) => {
      const depth = path.split('/').length - 3;
      const ups = [...readText(path).matchAll(/ from '((?:\.\.\/)+)/g)].map(([, up = '']) => up);
      return ups.some((up) => up.length / 3 >= depth) ? [path] : [];
    });
    expect(wrong).toEqual([]);
  });

  test('only an index re-exports', () => {
    const wrong = filesThat(/^(packages|services)\/[^/]+\/src\/.+\.ts$/).filter(
      (path) => !path.endsWith('/index.ts') && /^export (\*|\{[^}]*\}) from /m.test(readText(path)),
    );
    expect(wrong).toEqual([]);
  });

  test('nothing imports tests, benchmarks or recipes', () => {
    const known = BUILT.flatMap(({ dependencies, devDependencies }) => [
      ...dependencies,
      ...devDependencies,
    ]);
    const above = ['test', 'bench', 'recipes'].map((name) => SCOPE + name);
    expect(known.filter((name) => above.includes(name))).toEqual([]);
  });

  test('every package has a caller', () => {
    const called = new Set(
      MANIFESTS.flatMap(({ dependencies, devDependencies }) => [
        ...dependencies,
        ...devDependencies,
      ]),
    );
    const uncalled = BUILT.filter(({ folder, name }) => {
      return folder.startsWith('packages/') && !called.has(name);
    });
    expect(uncalled.map(({ name }) => name)).toEqual([]);
  });
});

function importsOf(pattern: RegExp): readonly { readonly path: string; readonly name: string }[] {
  return filesThat(pattern).flatMap((path) =>
    [...readText(path).matchAll(/ from '((?:@[^/']+\/)?[^./'][^/']*)[^']*'/g)].map(
      ([, name = '']) => ({ path, name }),
    ),
  );
}
