import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVERY_MUTANT } from '../mutants/every-mutant.ts';
import { mutated } from '../mutants/mutant.ts';
import { GUARD_MUTANTS } from '../simulation/guard-mutants.ts';
import { ROOT, readText } from './repository.ts';

describe('the mutants of the guards', () => {
  test.each(GUARD_MUTANTS)('still find their text for the simulator: $guard', (mutant) => {
    const text = readText(mutant.file);
    expect(mutated(text, { ...mutant, tests: [] })).not.toBe(text);
  });

  test.each(EVERY_MUTANT)('still find their text: $guard', (mutant) => {
    expect(mutated(readText(mutant.file), mutant)).not.toBe(readText(mutant.file));
    expect(mutant.tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
