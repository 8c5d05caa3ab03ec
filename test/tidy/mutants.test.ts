import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVERY_MUTANT } from '../mutants/every-mutant.ts';
import { mutated } from '../mutants/mutant.ts';

import { ROOT, readText } from './repository.ts';

describe('the mutants of the guards', () => {
  test.each(EVERY_MUTANT)('still find their text: $guard', (mutant) => {
    expect(mutated(readText(mutant.file), mutant)).not.toBe(readText(mutant.file));
    expect(mutant.tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
