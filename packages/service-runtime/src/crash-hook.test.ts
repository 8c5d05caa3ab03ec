import { expect, test } from 'vitest';
import { crashHook, crashVariables } from './crash-hook.ts';
import { defineConfig, readConfig } from './index.ts';

const schema = defineConfig('scorer', crashVariables(['before-commit', 'after-commit']));

function hookOf(env: Record<string, string>) {
  const signals: string[] = [];
  const kill = (pid: number, signal?: string | number) => {
    signals.push(`${signal} to ${pid}`);
    return true as const;
  };
  const at = crashHook(readConfig(schema, env), { pid: 7, kill });
  return { at, signals };
}

const IN_TEST = { STRATA_CRASH_IN_TEST: 'true' };

test('kills the process at the occurrence that is named, and at no other point', () => {
  const { at, signals } = hookOf({ ...IN_TEST, STRATA_CRASH_AT: 'after-commit:2' });
  at('after-commit');
  at('before-commit');
  expect(signals).toEqual([]);
  at('after-commit');
  at('after-commit');
  expect(signals).toEqual(['SIGKILL to 7']);
});

test('makes it stand still where the point says so', () => {
  const { at, signals } = hookOf({ ...IN_TEST, STRATA_CRASH_AT: 'before-commit:1:stop' });
  at('before-commit');
  expect(signals).toEqual(['SIGSTOP to 7']);
});

test('does nothing without the variable', () => {
  const { at, signals } = hookOf({});
  at('after-commit');
  expect(signals).toEqual([]);
});

test('is refused outside of a test', () => {
  expect(() => hookOf({ STRATA_CRASH_AT: 'after-commit:1' })).toThrow(
    'set STRATA_CRASH_IN_TEST=true where a test runs this process',
  );
});

test.each(['after-commit', 'after-commit:0', 'elsewhere:1', 'after-commit:1:slowly', 'x:1:stop:2'])(
  'names the points where %s is none',
  (text) => {
    expect(() => hookOf({ ...IN_TEST, STRATA_CRASH_AT: text })).toThrow(
      'POINT being one of before-commit, after-commit',
    );
  },
);
