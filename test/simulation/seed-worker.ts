/** Runs the seeds that it is sent, one after the other, and answers what came of each. */
import { parentPort, workerData } from 'node:worker_threads';
import { GUARD_MUTANTS } from './guard-mutants.ts';
import { loadWith } from './load-mutant.ts';
import type { SimulationOptions } from './simulation.ts';

/** What a run of one seed comes to, as it crosses a thread. */
export interface SeedReport {
  readonly seed: number;
  readonly steps: number;
  readonly traceHash: string;
  readonly failures: readonly string[];
  readonly counts: readonly (readonly [name: string, times: number])[];
}

const { mutant: number } = workerData as { readonly mutant: number | null };
const mutant = number === null ? undefined : GUARD_MUTANTS[number];
if (mutant !== undefined) loadWith(mutant);
// Only now: a file that is loaded already would be without the fault.
const { simulate } = await import('./simulation.ts');

parentPort?.on('message', (options: SimulationOptions) => {
  void simulate(options).then(({ tally, ...result }) => {
    const report: SeedReport = { ...result, counts: [...tally.counts] };
    parentPort?.postMessage(report);
  });
});
