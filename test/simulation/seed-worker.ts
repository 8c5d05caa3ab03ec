/** Runs the seeds that it is sent, one after the other, and answers what came of each. */
import { parentPort } from 'node:worker_threads';
import { type SimulationOptions, simulate } from './simulation.ts';

/** What a run of one seed comes to, as it crosses a thread. */
export interface SeedReport {
  readonly seed: number;
  readonly steps: number;
  readonly traceHash: string;
  readonly failures: readonly string[];
  readonly counts: readonly (readonly [name: string, times: number])[];
}

parentPort?.on('message', (options: SimulationOptions) => {
  void simulate(options).then(({ tally, ...result }) => {
    const report: SeedReport = { ...result, counts: [...tally.counts] };
    parentPort?.postMessage(report);
  });
});
