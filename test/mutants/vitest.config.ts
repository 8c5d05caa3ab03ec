import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { mutated } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The number of the mutant to run; without one the code is as it stands. */
const mutant = MUTANTS[Number(process.env['STRATA_MUTANT'] ?? Number.NaN)];

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
    include: ['packages/*/src/**/*.test.ts', 'test/model/**/*.test.ts'],
    testTimeout: 60_000,
    // A file that was loaded without the fault, or with another, must not be taken from there.
    fsModuleCache: false,
  },
});
