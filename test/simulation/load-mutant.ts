import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { mutated } from '../mutants/mutant.ts';
import type { GuardMutant } from './guard-mutants.ts';

const ROOT = new URL('../../', import.meta.url);

/** Puts the fault in while the file is loaded: the checkout stays as it is. To be called before anything loads it. */
export function loadWith(mutant: GuardMutant): void {
  const place = new URL(mutant.file, ROOT).href;
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (url !== place) return loaded;
      const source = readFileSync(new URL(place), 'utf8');
      return { ...loaded, source: mutated(source, { ...mutant, tests: [] }) };
    },
  });
}
