import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { EVERY_MUTANT } from './every-mutant.ts';
import { mutated } from './mutant.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The number of the mutant to run; without one the code is as it stands. */
const mutant = EVERY_MUTANT[Number(process.env['STRATA_MUTANT'] ?? Number.NaN)];

/** Puts the fault in while the file is loaded: the checkout stays as it is. */
export default defineConfig({
  root: ROOT,
  plugins: [
    {
      name: 'strata-mutant',
      enforce: 'pre',
      transform: (code, id) =>
        mutant !== undefined && id === `${ROOT}${mutant.file}` ? mutated(code, mutant) : null,
    },
  ],
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'services/*/src/**/*.test.ts',
      'test/model/**/*.test.ts',
      'test/integration/**/*.test.ts',
    ],
    globalSetup: ['test/integration/backends-on-demand.ts'],
    setupFiles: ['test/mutants/mutate-files.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A file that was loaded without the fault, or with another, must not be taken from there.
    fsModuleCache: false,
  },
});
