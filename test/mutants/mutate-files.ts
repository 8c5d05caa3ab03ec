import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import { EVERY_MUTANT } from './every-mutant.ts';
import { mutated } from './mutant.ts';

/**
 * Puts the fault into what is read as a file and not loaded as code: the scripts of Redis. Runs before each file of
 * tests.
 */
const ROOT = new URL('../../', import.meta.url);
const mutant = EVERY_MUTANT[Number(process.env['STRATA_MUTANT'] ?? Number.NaN)];

if (mutant !== undefined) {
  const place = fileURLToPath(new URL(mutant.file, ROOT));
  const read = fs.readFileSync;
  const pathOf = (file: unknown): unknown => (file instanceof URL ? fileURLToPath(file) : file);
  const readMutated = (...given: Parameters<typeof read>): string | Buffer => {
    const text = read(...given);
    return typeof text === 'string' && pathOf(given[0]) === place ? mutated(text, mutant) : text;
  };
  fs.readFileSync = readMutated as typeof read;
  syncBuiltinESMExports();
}
