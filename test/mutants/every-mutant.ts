import { MACHINERY_MUTANTS } from './machinery-mutants.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

/** Faults in the rules, then faults in what runs them. A mutant is named by its place here. */
export const EVERY_MUTANT: readonly Mutant[] = [...MUTANTS, ...MACHINERY_MUTANTS];
