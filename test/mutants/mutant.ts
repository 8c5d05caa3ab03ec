/** One fault put into the code on purpose: some test has to notice. */
export interface Mutant {
  /** The rule that the replaced text guards. */
  readonly guard: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** Stands in the file exactly once; `test/tidy/mutants.test.ts` holds that. */
  readonly from: string;
  readonly to: string;
  /** The tests that are run, those of one project. At least one has to fail. */
  readonly tests: readonly string[];
  /** Part of the name of those that should notice, where all of them together take long. */
  readonly named?: string;
}

/** The text with the fault in it. */
export function mutated(source: string, { from, to, file }: Mutant): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`${file} holds ${parts.length - 1} times, not once: ${from}`);
  }
  return parts.join(to);
}
