import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/** vitest leaves one processor to itself, which is half of a machine of two. */
const ALL_PROCESSORS = Math.max(2, availableParallelism() - 1);
/** Files that start processes: while one waits for its own, another works. A stack takes up to 2 GB. */
const AT_ONCE = { maxWorkers: 2, sequence: { groupOrder: 1 } };
/** What is made to fail has time limits of its own that count, so nothing runs beside it. */
const ALONE = { maxWorkers: 1, sequence: { groupOrder: 2 } };

/** Unit tests need nothing but Node; every other project says in its folder what it starts. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'services/*/src/**/*.test.ts',
            'recipes/src/**/*.test.ts',
            'bench/src/**/*.test.ts',
          ],
          maxWorkers: ALL_PROCESSORS,
          // Nothing in them changes what another file sees, and to load every module anew for each took half of the time.
          isolate: false,
          unstubEnvs: true,
          unstubGlobals: true,
          // Property tests run thousands of cases; on a busy machine that takes its time.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'tidy',
          include: ['test/tidy/**/*.test.ts'],
          maxWorkers: ALL_PROCESSORS,
          testTimeout: 30_000,
        },
      },
      // Ten thousand cases on a busy machine take their time, and nothing in them waits.
      {
        test: {
          ...AT_ONCE,
          name: 'model',
          include: ['test/model/**/*.test.ts'],
          testTimeout: 7_200_000,
        },
      },
      {
        test: {
          ...AT_ONCE,
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          testTimeout: 900_000,
        },
      },
      {
        test: {
          ...AT_ONCE,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/backends-in-place.ts', 'test/integration/backends-on-demand.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...AT_ONCE,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/backends-in-place.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...ALONE,
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          globalSetup: ['test/backends-in-place.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'containers',
          include: ['test/containers/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
